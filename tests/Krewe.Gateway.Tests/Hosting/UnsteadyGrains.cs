using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using Krewe.Core.Errors;
using Krewe.Core.Mailboxes;

namespace Krewe.Gateway.Tests.Hosting;

/// <summary>Grains that fail when a test wants it: before the call, or after it had its effect.</summary>
public sealed class UnsteadyGrains
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<Exception?>> _before = new();
    private readonly ConcurrentDictionary<string, Exception?> _always = new();
    private readonly ConcurrentDictionary<string, int> _calls = new();

    /// <summary>So many answers of sends are lost on their way: the message is stored, and the caller does not hear it.</summary>
    public int LostAnswers { get; set; }

    public int CallsOf(string method) => _calls.GetValueOrDefault(method);

    /// <summary>The next calls of a method fail, one after the other.</summary>
    public void Fail(string method, params Exception[] errors)
    {
        var queue = _before.GetOrAdd(method, _ => new());
        foreach (var error in errors) queue.Enqueue(error);
    }

    /// <summary>From now on all calls of a method fail; null ends it.</summary>
    public void FailAlways(string method, Exception? error) => _always[method] = error;

    public IGrainFactory Wrap(IGrainFactory grains) => (IGrainFactory)(object)Create(typeof(IGrainFactory), grains);

    private Proxy Create(Type contract, object inner)
    {
        var proxy = (Proxy)DispatchProxy.Create(contract, typeof(Proxy));
        (proxy.Owner, proxy.Inner) = (this, inner);
        return proxy;
    }

    public class Proxy : DispatchProxy
    {
        internal UnsteadyGrains Owner { get; set; } = null!;

        internal object Inner { get; set; } = null!;

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (Inner is IGrainFactory)
            {
                var grain = targetMethod!.Invoke(Inner, args)!;
                return Owner.Create(targetMethod.ReturnType, grain);
            }
            Owner._calls.AddOrUpdate(targetMethod!.Name, 1, (_, count) => count + 1);
            if (Owner._before.TryGetValue(targetMethod.Name, out var errors) && errors.TryDequeue(out var error) && error is not null) throw error;
            if (Owner._always.GetValueOrDefault(targetMethod.Name) is { } lasting) throw lasting;
            return targetMethod.Name == "SendAsync" && Owner.LostAnswers-- > 0 ? new ValueTask<ImmutableArray<Outcome<Sent>>>(LoseAsync(targetMethod, args)) : targetMethod.Invoke(Inner, args);
        }

        private async Task<ImmutableArray<Outcome<Sent>>> LoseAsync(MethodInfo method, object?[]? args)
        {
            await (ValueTask<ImmutableArray<Outcome<Sent>>>)method.Invoke(Inner, args)!;
            throw new TimeoutException("The answer was lost.");
        }
    }
}
