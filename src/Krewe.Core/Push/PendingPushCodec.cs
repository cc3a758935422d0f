using System.Text;
using Krewe.Core.Addresses;
using Krewe.Core.Devices;
using Krewe.Core.Mailboxes;

namespace Krewe.Core.Push;

/// <summary>The stored form of a <see cref="PendingPush"/> without its owner and device, which are the row's key: a form byte and tagged fields, as <see cref="ItemCodec"/> has them.</summary>
public static class PendingPushCodec
{
    private const byte Form = 1;

    // Field numbers are on disks: never give one another meaning.
    private const int Kind = 1, Seq = 2, Due = 3, Since = 4, Attempts = 5, LastCode = 6, Platform = 7, Reason = 8, At = 9;

    public static byte[] Write(PendingPush push) => Write(push, null, default);

    public static byte[] Write(SetAsidePush aside)
    {
        ArgumentNullException.ThrowIfNull(aside);
        return Write(aside.Pending, aside.Reason, aside.At);
    }

    public static bool TryRead(Jid owner, string device, ReadOnlySpan<byte> row, out SetAsidePush push)
    {
        push = null!;
        if (row.Length < 2 || row[0] != Form) return false;
        var reader = new FieldReader(row[1..]);
        long kind = 0, seq = 0, due = 0, since = 0, attempts = 0, platform = 0, at = 0;
        string? code = null, reason = null;
        while (!reader.AtEnd)
        {
            if (!reader.TryRead(out var field, out var number, out var bytes)) return false;
            switch (field)
            {
                case Kind: kind = (long)number; break;
                case Seq: seq = (long)number; break;
                case Due: due = (long)number; break;
                case Since: since = (long)number; break;
                case Attempts: attempts = (long)number; break;
                case LastCode: code = Encoding.UTF8.GetString(bytes); break;
                case Platform: platform = (long)number; break;
                case Reason: reason = Encoding.UTF8.GetString(bytes); break;
                case At: at = (long)number; break;
                default: break;
            }
        }
        if (!IsTime(due) || !IsTime(since) || !IsTime(at)) return false;
        push = new SetAsidePush(
            new PendingPush
            {
                Owner = owner, Device = device, Kind = (PushKind)kind, Seq = seq, Due = Time(due), Since = Time(since), Attempts = (int)attempts, LastCode = code,
                Platform = (PushPlatform)platform,
            },
            reason ?? "", Time(at));
        return true;
    }

    private static byte[] Write(PendingPush push, string? reason, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(push);
        var text = Encoding.UTF8.GetMaxByteCount((push.LastCode?.Length ?? 0) + (reason?.Length ?? 0));
        var row = new byte[1 + text + (9 * FieldWriter.MaxOverhead)];
        var writer = new FieldWriter(row);
        writer.Byte(Form);
        writer.Number(Kind, (ulong)push.Kind);
        writer.Number(Seq, (ulong)push.Seq);
        writer.Number(Due, (ulong)push.Due.UtcTicks);
        writer.Number(Since, (ulong)push.Since.UtcTicks);
        writer.Number(Attempts, (ulong)push.Attempts);
        writer.Text(LastCode, push.LastCode);
        writer.Number(Platform, (ulong)push.Platform);
        writer.Text(Reason, reason);
        if (reason is not null) writer.Number(At, (ulong)at.UtcTicks);
        return row[..writer.Position];
    }

    private static bool IsTime(long ticks) => ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks;

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);
}
