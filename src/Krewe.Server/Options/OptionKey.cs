using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Krewe.Server.Options;

/// <summary>One key that an operator may set.</summary>
/// <param name="Name">The whole name, for example <c>Krewe:Http:Listen</c>.</param>
/// <param name="Property">The property that it sets.</param>
internal sealed record OptionKey(string Name, PropertyInfo Property)
{
    /// <summary>What a value, or each value of a list, is converted to.</summary>
    public Type ValueType { get; } = ElementType(Property.PropertyType) ?? Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>Several values: <c>Name:0</c>, <c>Name:1</c> and so on.</summary>
    public bool IsList { get; } = ElementType(Property.PropertyType) is not null;

    /// <summary>Its value must never be shown.</summary>
    public bool IsSecret { get; } = Property.GetCustomAttribute<DataTypeAttribute>()?.DataType == DataType.Password;

    private static Type? ElementType(Type type) =>
        type.IsArray ? type.GetElementType()
        : type != typeof(string) && type.IsGenericType && type.GetGenericArguments() is [var only] && typeof(System.Collections.IEnumerable).IsAssignableFrom(type) ? only
        : null;
}
