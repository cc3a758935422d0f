using System.Security.Cryptography;
using Krewe.ProcessHarness;
using Krewe.TestKit.Push;

namespace Krewe.Server.Tests.Push;

/// <summary>A start with credentials that cannot work names the key and what is wrong, and never what is in the file.</summary>
public sealed class PushRefusalTests : IDisposable
{
    private const string Secret = "Zm9yIG5vIGV5ZXMgYnV0IHRoZSBvcGVyYXRvcidz";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("krewe-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task All_that_is_missing_or_malformed_is_listed_at_once()
    {
        var ended = await KreweProcess.RunAsync([
            "--Krewe:Push:Rate=0", "--Krewe:Push:Fcm:ProjectId=p", $"--Krewe:Push:Fcm:CredentialsFile={_folder.FullName}/missing.json", "--Krewe:Push:Fcm:BaseAddress=fcm",
            $"--Krewe:Push:Apns:KeyFile={Write("key.p8", Secret)}", "--Krewe:Push:Apns:TeamId=T", "--Krewe:Push:Apns:Environment=staging", "--Krewe:Push:Apns:Topic=org.example",
            "--Krewe:Push:MiPush:PackageName=org.example", $"--Krewe:Push:Webhook:Secret={Secret}", "--Krewe:Push:Gracee=1"]);

        Assert.Equal(78, ended.ExitCode);
        Assert.Equal(
            [
                "Krewe:Push:Apns:Environment: must be production or sandbox",
                "Krewe:Push:Apns:KeyFile: ",
                "Krewe:Push:Apns:KeyId: needed beside",
                "Krewe:Push:Fcm:BaseAddress: must be a web address",
                "Krewe:Push:Fcm:CredentialsFile: ",
                "Krewe:Push:Gracee: unknown key; did you mean Krewe:Push:Grace?",
                "Krewe:Push:MiPush:PackageName: needs Krewe:Push:MiPush:AppSecret",
                "Krewe:Push:Rate: must be between 1 and 1000000",
                "Krewe:Push:Webhook:AllowedAddresses: needed beside",
            ],
            ended.Errors.TrimEnd().Split("\n  ")[1..].Order(StringComparer.Ordinal),
            (expected, line) => line.StartsWith(expected, StringComparison.Ordinal));
        Assert.DoesNotContain(Secret, ended.Errors + ended.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_accounts_file_is_looked_into()
    {
        await using var fcm = await FakeFcm.StartAsync();
        var good = fcm.Account.ToJson();
        Assert.EndsWith("missing.json does not exist", await FcmTroubleAsync(Path.Combine(_folder.FullName, "missing.json")), StringComparison.Ordinal);
        Assert.EndsWith("is not JSON", await FcmTroubleAsync(Write("not.json", Secret)), StringComparison.Ordinal);
        Assert.Contains("is not \"service_account\"", await FcmTroubleAsync(Write("type.json", good.Replace("service_account", "authorized_user", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.EndsWith("has no \"client_email\"", await FcmTroubleAsync(Write("mail.json", good.Replace("client_email", "mail", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.EndsWith("is not an RSA key in PEM form", await FcmTroubleAsync(Write("key.json", good.Replace("BEGIN PRIVATE", "BEGIN PUBLIC", StringComparison.Ordinal))), StringComparison.Ordinal);
        Assert.Contains("is a folder", await FcmTroubleAsync(_folder.FullName), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_for_APNs_is_looked_into()
    {
        using var other = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var good = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Contains("384 bits", await ApnsTroubleAsync(Write("long.p8", other.ExportPkcs8PrivateKeyPem())), StringComparison.Ordinal);
        Assert.Contains("is not a private key", await ApnsTroubleAsync(Write("public.p8", good.ExportSubjectPublicKeyInfoPem())), StringComparison.Ordinal);
        Assert.EndsWith("does not exist", await ApnsTroubleAsync(Path.Combine(_folder.FullName, "missing.p8")), StringComparison.Ordinal);
    }

    private static Task<string> FcmTroubleAsync(string file) =>
        TroubleAsync("Krewe:Push:Fcm:CredentialsFile", "--Krewe:Push:Fcm:ProjectId=p", $"--Krewe:Push:Fcm:CredentialsFile={file}");

    private static Task<string> ApnsTroubleAsync(string file) =>
        TroubleAsync("Krewe:Push:Apns:KeyFile", "--Krewe:Push:Apns:TeamId=T", "--Krewe:Push:Apns:KeyId=K", "--Krewe:Push:Apns:Topic=org.example", $"--Krewe:Push:Apns:KeyFile={file}");

    private static async Task<string> TroubleAsync(string key, params string[] arguments)
    {
        var ended = await KreweProcess.RunAsync(arguments);
        Assert.Equal(78, ended.ExitCode);
        var line = Assert.Single(ended.Errors.TrimEnd().Split("\n  ")[1..]);
        Assert.StartsWith(key + ": ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("PRIVATE KEY", ended.Errors + ended.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, ended.Errors + ended.Output, StringComparison.Ordinal);
        return line;
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
