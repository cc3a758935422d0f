using Krewe.Core.Users;
using Krewe.Grains.Delivery;

namespace Krewe.Grains.Tests.Delivery;

public sealed class GrainCourierTests
{
    private readonly GrainCourier _courier = new(new UserGrains(null!));

    [Fact]
    public void What_fails_while_silos_die_and_grains_move_is_tried_again()
    {
        Exception[] passing = [new TimeoutException(), new SiloUnavailableException(), new OperationCanceledException("Message expired before placement could complete.")];

        Assert.All(passing, exception => Assert.True(_courier.IsPassing(exception)));
        Assert.False(_courier.IsPassing(new InvalidOperationException("a bug")));
    }
}
