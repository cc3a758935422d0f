using System.ComponentModel.DataAnnotations;

namespace Krewe.Server.Admin;

/// <summary>The operator's listener, <c>Krewe:Admin</c>.</summary>
internal sealed class AdminOptions
{
    /// <summary>Address and port of `/health/live`, `/health/ready`, `/metrics`, the admin API, the console and the dashboard. Default: `127.0.0.1:8081`.</summary>
    [Required] public string Listen { get; set; } = "127.0.0.1:8081";

    /// <summary>The secret that opens the console, the admin API and the dashboard, at least 16 characters. Default: made at first start and kept in `admin-token` under `Krewe:Storage:Path`.</summary>
    [DataType(DataType.Password), MinLength(16, ErrorMessage = "must have at least 16 characters")]
    public string? Token { get; set; }
}
