using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace Krewe.Server.Options;

/// <summary>The rules on an options class: the attributes of its properties and its own <see cref="IValidatableObject"/>, in it and the classes in it.</summary>
internal static class OptionRules
{
    // The runtime's Validator leaves out the object's own rules while one of an attribute is broken, and calls keys "fields".
    public static IEnumerable<string> Broken(string path, object options)
    {
        foreach (var property in options.GetType().GetProperties().Where(property => property.GetIndexParameters().Length == 0))
        {
            var (key, value) = ($"{path}:{property.Name}", property.GetValue(options));
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
                if (rule.GetValidationResult(value, new ValidationContext(options) { MemberName = property.Name, DisplayName = key }) is { } broken)
                    yield return $"{key}: {Sentence(rule, broken)}";
            if (value is not null && property.PropertyType.IsClass && IsOurs(property.PropertyType))
                foreach (var error in Broken(key, value))
                    yield return error;
        }
        if (options is IValidatableObject own)
            foreach (var broken in own.Validate(new ValidationContext(options)))
                yield return $"{path}{string.Concat(broken.MemberNames.Take(1).Select(member => ":" + member))}: {broken.ErrorMessage}";
    }

    private static bool IsOurs(Type type) => type.Namespace?.StartsWith("Krewe.", StringComparison.Ordinal) is true;

    private static string? Sentence(ValidationAttribute rule, ValidationResult broken) => rule switch
    {
        { ErrorMessage: not null } => broken.ErrorMessage,
        RangeAttribute { Minimum: TimeSpan least, Maximum: TimeSpan most } => $"must be between {TimeSpanText.Describe(least)} and {TimeSpanText.Describe(most)}",
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"must be between {range.Minimum} and {range.Maximum}"),
        RequiredAttribute => "must not be empty",
        _ => broken.ErrorMessage,
    };
}
