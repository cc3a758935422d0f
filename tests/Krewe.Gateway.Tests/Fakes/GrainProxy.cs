using System.Reflection;

namespace Krewe.Gateway.Tests.Fakes;

/// <summary>Makes a <see cref="FakeUser"/> look like a grain's interface: a call goes to its method of the same name.</summary>
public class GrainProxy : DispatchProxy
{
    private FakeUser? _user;

    internal static object Create(Type grainInterface, FakeUser user)
    {
        var proxy = Create(grainInterface, typeof(GrainProxy));
        ((GrainProxy)proxy)._user = user;
        return proxy;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var method = typeof(FakeUser).GetMethod(targetMethod!.Name) ?? throw new NotSupportedException($"{targetMethod.Name} is not faked.");
        return method.Invoke(_user, BindingFlags.DoNotWrapExceptions, null, args, null);
    }
}
