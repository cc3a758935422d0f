using System.Diagnostics.CodeAnalysis;

namespace Krewe.Core.Errors;

/// <summary>Either a value or the <see cref="Fault"/> that kept it from being.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Outcome`1")]
public readonly record struct Outcome<T>
{
    public Outcome(T value) => Value = value;

    public Outcome(Fault fault) => Fault = fault;

    [Id(0)] public T? Value { get; init; }

    [Id(1)] public Fault? Fault { get; init; }

    /// <summary>True with the value, false with the fault.</summary>
    public bool TryGet([NotNullWhen(true)] out T? value, [NotNullWhen(false)] out Fault? fault)
    {
        (value, fault) = (Value, Fault);
        return fault is null;
    }

    public static implicit operator Outcome<T>(T value) => new(value);

    public static implicit operator Outcome<T>(Fault fault) => new(fault);
}

/// <summary>An <see cref="Outcome{T}"/> without a value.</summary>
[GenerateSerializer, Immutable, Alias("krewe.Done")]
public readonly record struct Done;
