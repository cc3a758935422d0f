using System.Net;
using System.Text;
using Krewe.Core.Push;
using Krewe.Push.MiPush;

namespace Krewe.Push.Tests;

public sealed class MiPushErrorsTests
{
    public static TheoryData<int, PushVerdict> Table
    {
        get
        {
            var table = new TheoryData<int, PushVerdict>();
            void Add(PushVerdict verdict, params int[] codes)
            {
                foreach (var code in codes) table.Add(code, verdict);
            }
            Add(PushVerdict.Sent, 0);
            Add(PushVerdict.Retry, 10001, 10002, 10003, 10009, 10010, 10011);
            Add(PushVerdict.LanePaused, 10022, 10023, 10024, 10027, 10028, 22101);
            Add(PushVerdict.LaneBroken, 10004, 10005, 10006, 10008, 10014, 10016, 10017, 10018, 10026, 21301, 22000, 22001, 22002, 22003, 22004, 22005, 22006, 22007, 22008, 22022);
            Add(PushVerdict.TokenDead, 10013, 10029);
            Add(PushVerdict.RetryTwice, 10012, 20301, 99999);
            return table;
        }
    }

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_code_has_its_verdict(int code, PushVerdict verdict)
    {
        var body = $$"""{"result":"{{(code == 0 ? "ok" : "error")}}","code":{{code}},"description":"…"}""";
        Assert.Equal(verdict, MiPushErrors.Classify(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body), null).Verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("<html>")]
    public void What_is_no_answer_of_the_service_is_tried_again(string body) =>
        Assert.Equal(PushVerdict.Retry, MiPushErrors.Classify(HttpStatusCode.OK, Encoding.UTF8.GetBytes(body), null).Verdict);

    [Fact]
    public void An_error_without_a_code_is_not_taken_for_success() =>
        Assert.NotEqual(PushVerdict.Sent, MiPushErrors.Classify(HttpStatusCode.OK, """{"result":"error"}"""u8, null).Verdict);
}
