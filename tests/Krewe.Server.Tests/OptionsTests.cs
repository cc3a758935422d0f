using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Krewe.ProcessHarness;
using Krewe.Server.Listening;
using Krewe.Server.Options;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Krewe.Server.Tests;

public sealed partial class OptionsTests
{
    [Fact]
    public void The_documented_table_is_the_generated_one()
    {
        var page = File.ReadAllText(Path.Combine(ServerBinary.RepositoryRoot, "docs", "configuration.md"));
        var documented = page[(page.IndexOf(ConfigurationPage.Begin, StringComparison.Ordinal) + ConfigurationPage.Begin.Length)..].Trim();

        Assert.Equal(ConfigurationPage.Markdown().Trim(), documented);
    }

    [Fact]
    public void Every_option_has_a_sentence_and_says_its_default()
    {
        foreach (var key in OptionsTable.Keys)
        {
            var (sentence, standard) = OptionSentences.Of(key);
            Assert.True(sentence.Length > 10, $"{key.Name} has no sentence.");
            Assert.False(string.IsNullOrWhiteSpace(standard), $"{key.Name} does not say its default.");
        }
    }

    [Fact]
    public void A_stated_number_is_the_real_default()
    {
        foreach (var section in OptionsTable.Sections)
        {
            var options = section.Read(new ConfigurationBuilder().Build());
            foreach (var key in section.Keys.Where(key => key.Property.DeclaringType == section.Type && (key.ValueType == typeof(int) || key.ValueType == typeof(long))))
            {
                var stated = OptionSentences.Of(key).Default!.Replace(" ", "", StringComparison.Ordinal);
                if (key.Property.GetValue(options) is { } value && LeadingNumber().Match(stated) is { Success: true } number)
                    Assert.True(Convert.ToString(value, CultureInfo.InvariantCulture) == number.Value, $"{key.Name} is {value}, and its documentation says {stated}.");
            }
        }
    }

    [Fact]
    public void Names_are_unique() =>
        Assert.Empty(OptionsTable.Keys.GroupBy(key => key.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key));

    [Fact]
    public void No_options_class_is_left_out()
    {
        // The store makes it from EmbeddedStorageOptions.
        string[] internals = ["GroupCommitOptions"];
        var table = OptionsTable.Sections.Select(section => section.Type).ToHashSet();
        var nested = table.SelectMany(type => type.GetProperties()).Select(property => property.PropertyType);
        var assemblies = table.Select(type => type.Assembly).Distinct();

        Assert.Empty(assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && !internals.Contains(type.Name))
            .Except(table).Except(nested).Select(type => type.FullName));
    }

    [Fact]
    public void Defaults_are_valid() => Assert.Empty(Check([]));

    [Fact]
    public void Everything_that_is_wrong_is_found_at_once()
    {
        var errors = Check(new()
        {
            ["Krewe:Limits:SendRat"] = "1",
            ["Krewe:Limits:Contacts"] = "0",
            ["Krewe:Http:Listen:Port"] = "1",
            ["Krewe"] = "x",
        });

        Assert.Equal(4, errors.Count);
        Assert.Contains("Krewe:Limits:SendRat: unknown key; did you mean Krewe:Limits:SendRate?", errors);
        Assert.Contains(errors, error => error.StartsWith("Krewe:Limits:Contacts: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Lists_take_numbered_values()
    {
        Assert.Empty(Check(new() { ["Krewe:Http:AllowedOrigins:0"] = "https://a.example", ["krewe:http:allowedorigins:1"] = "https://b.example" }));
        Assert.NotEmpty(Check(new() { ["Krewe:Http:AllowedOrigins:first"] = "https://a.example" }));
        Assert.NotEmpty(Check(new() { ["Krewe:Domain:0"] = "a.example" }));
    }

    [Theory]
    [InlineData("Krewe:Completely:Different:Thing", "")]
    [InlineData("Krewe:nope", "")]
    [InlineData("Krewe:Limits:nope", "")]
    [InlineData("Krewe:limits:sendrat", "; did you mean Krewe:Limits:SendRate?")]
    [InlineData("Krewe:Http:Listne", "; did you mean Krewe:Http:Listen?")]
    [InlineData("Krewe:Htpt:Listen", "; did you mean Krewe:Http:Listen?")]
    [InlineData("Krewe:Domian", "; did you mean Krewe:Domain?")]
    public void A_hint_is_given_only_when_it_is_near(string name, string hint) =>
        Assert.Equal(hint, OptionsCheck.Hint(name, OptionsTable.Keys.Select(key => key.Name)));

    [Fact]
    public void A_value_that_does_not_convert_hides_no_other_trouble()
    {
        var errors = Check(new()
        {
            ["Krewe:Limits:SendRate"] = "fast",
            ["Krewe:Limits:Devices"] = "0",
            ["Krewe:Storage:Retention:Interval"] = "00:00:00",
            ["Krewe:Accounts:Oidc:Audience"] = "chat",
        });

        Assert.Equal(
            ["Krewe:Limits:SendRate: 'fast' is not a number", "Krewe:Accounts:Oidc:Audience: needs Krewe:Accounts:Oidc:Issuer", "Krewe:Storage:Retention:Interval: must be 1 second or more", "Krewe:Limits:Devices: must be between 1 and 10000"],
            errors);
    }

    // .NET reads 5 as five days and 24:00:00 as twenty-four.
    [Theory]
    [InlineData("5", "so that 5 s is 00:00:05 and 5 days 5.00:00:00")]
    [InlineData("1", "so that 1 s is 00:00:01 and 1 day 1.00:00:00")]
    [InlineData("300")]
    [InlineData("5s")]
    [InlineData("0.5")]
    [InlineData("05:30")]
    [InlineData("24:00:00")]
    [InlineData("7:00:00:00")]
    [InlineData("-00:00:05")]
    [InlineData("00:00:60")]
    [InlineData("99999999.00:00:00")]
    [InlineData("")]
    public void A_time_span_in_another_form_is_refused_with_the_right_one(string value, string hint = "such as 00:00:30 or 7.00:00:00")
    {
        var error = Assert.Single(Check(new() { ["Krewe:Push:Grace"] = value }));

        Assert.StartsWith($"Krewe:Push:Grace: '{value}' is not a time span: hh:mm:ss or d.hh:mm:ss, ", error, StringComparison.Ordinal);
        Assert.EndsWith(hint, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Grace", "00:00:05")]
    [InlineData("Grace", "00:00:00.050")]
    [InlineData("Grace", "1:00:00")]
    [InlineData("Expiry", "7.00:00:00")]
    public void A_time_span_in_the_documented_form_is_taken(string key, string value) => Assert.Empty(Check(new() { [$"Krewe:Push:{key}"] = value }));

    [Fact]
    public void The_bounds_of_time_spans_are_told_in_the_documentations_words() =>
        Assert.Equal(
            [
                "Krewe:Accounts:TokenLifetime: must be between 1 min (00:01:00) and 3650 days (3650.00:00:00)",
                "Krewe:Streams:Heartbeat: must be between 10 ms (00:00:00.010) and 1 min (00:01:00)",
                "Krewe:Streams:UnknownGatewayPatience: must be between 1 s (00:00:01) and 1 hour (01:00:00)",
                "Krewe:Push:MaxBackoff: must be between 1 s (00:00:01) and 1 day (1.00:00:00)",
            ],
            Check(new()
            {
                ["Krewe:Accounts:TokenLifetime"] = "00:00:01",
                ["Krewe:Streams:Heartbeat"] = "00:02:00",
                ["Krewe:Streams:UnknownGatewayPatience"] = "02:00:00",
                ["Krewe:Push:MaxBackoff"] = "2.00:00:00",
            }));

    // A rule that only a part's own services know would be told in a second message, after the first is mended.
    [Fact]
    public void All_rules_are_on_the_classes_themselves()
    {
        var table = OptionsTable.Sections.Select(section => section.Type).ToList();

        Assert.Empty(table.Select(type => type.Assembly).Distinct().SelectMany(assembly => assembly.GetTypes())
            .Where(type => table.Exists(options => type.IsAssignableTo(typeof(IValidateOptions<>).MakeGenericType(options))))
            .Where(type => type.GetCustomAttribute<OptionsValidatorAttribute>() is null).Select(type => type.FullName));
    }

    [Theory]
    [InlineData("127.0.0.1:8080", "127.0.0.1:8080")]
    [InlineData("localhost:0", "127.0.0.1:0")]
    [InlineData("[::1]:443", "[::1]:443")]
    [InlineData("*:80", "[::]:80")]
    [InlineData("8080", null)]
    [InlineData(":8080", null)]
    [InlineData("1:8080", null)]
    [InlineData("::1:8080", null)]
    [InlineData("127.0.0.1:65536", null)]
    [InlineData("chat.example:80", null)]
    [InlineData("", null)]
    public void Listen_addresses(string text, string? endpoint) => Assert.Equal(endpoint, ListenAddress.Parse(text)?.ToString());

    private static List<string> Check(Dictionary<string, string?> values)
    {
        var errors = new List<string>();
        OptionsCheck.Run(new ConfigurationBuilder().AddInMemoryCollection(values).Build(), errors);
        return errors;
    }

    [GeneratedRegex(@"^\d+")]
    private static partial Regex LeadingNumber();
}
