using Krewe.Core.Devices;
using Krewe.Core.Push;
using Krewe.Push.Delivery;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Krewe.Push.Tests;

public sealed class PushAlarmsTests : ILogger<PushAlarms>
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 23, 10, 0, 0, TimeSpan.Zero));
    private readonly List<(LogLevel Level, string Text)> _log = [];
    private readonly PushAlarms _alarms;

    public PushAlarmsTests() => _alarms = new PushAlarms(_time, this);

    [Fact]
    public void More_than_one_refusal_in_twenty_raises_one_alarm_and_its_end_is_told()
    {
        Note(PushVerdict.Sent, 95);
        Note(PushVerdict.TokenDead, 5);
        Assert.Empty(_alarms.Raised());
        Note(PushVerdict.TokenDead, 3);
        Assert.Equal((PushPlatform.Fcm, PushAlarmKind.Refusals), (Assert.Single(_alarms.Raised()).Platform, _alarms.Raised()[0].Kind));
        Assert.Equal(LogLevel.Error, Assert.Single(_log).Level);
        Assert.Equal((103, 8), _alarms.Recent(PushPlatform.Fcm));

        Note(PushVerdict.Sent, 200);
        Assert.Empty(_alarms.Raised());
        Assert.Equal([LogLevel.Error, LogLevel.Information], _log.Select(line => line.Level));
    }

    [Fact]
    public void A_handful_of_attempts_is_no_alarm()
    {
        Note(PushVerdict.TokenDead, 39);
        Assert.Empty(_alarms.Raised());
    }

    [Fact]
    public void What_was_refused_long_ago_does_not_count()
    {
        Note(PushVerdict.TokenDead, 50);
        Assert.Single(_alarms.Raised());
        _time.Advance(RefusalWindow.Length);
        Assert.Empty(_alarms.Raised());
        Assert.Equal((0, 0), _alarms.Recent(PushPlatform.Fcm));
    }

    [Fact]
    public void The_window_slides_by_ten_seconds()
    {
        Note(PushVerdict.Sent, 10);
        _time.Advance(RefusalWindow.Length - TimeSpan.FromSeconds(10));
        Note(PushVerdict.Sent, 1);
        Assert.Equal((11, 0), _alarms.Recent(PushPlatform.Fcm));
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal((1, 0), _alarms.Recent(PushPlatform.Fcm));
    }

    [Fact]
    public void A_broken_lane_is_told_once_until_the_service_lets_this_server_in()
    {
        Note(PushVerdict.LaneBroken, 3);
        Note(PushVerdict.Retry, 1);
        Assert.Equal(PushAlarmKind.Broken, Assert.Single(_alarms.Raised()).Kind);
        Assert.Single(_log, line => line.Level == LogLevel.Error);
        Note(PushVerdict.TokenDead, 1);
        Assert.Empty(_alarms.Raised());
        Note(PushVerdict.LaneBroken, 1);
        Assert.Equal(2, _log.Count(line => line.Level == LogLevel.Error));
    }

    [Theory]
    [InlineData("UNREGISTERED", "UNREGISTERED")]
    [InlineData("two\nlines\u202e", "two?lines?")]
    public void A_services_word_is_made_fit_for_the_log(string word, string fit) => Assert.Equal(fit, PushCode.Clean(word));

    [Fact]
    public void A_services_novel_is_cut() => Assert.Equal(64, PushCode.Clean(new string('x', 1_000)).Length);

    private void Note(PushVerdict verdict, int times)
    {
        for (var i = 0; i < times; i++) _alarms.Note(PushPlatform.Fcm, new PushOutcome(verdict, "code"));
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        _log.Add((logLevel, formatter(state, exception)));

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state) => null;
}
