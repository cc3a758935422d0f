using Krewe.Storage.Embedded.Pushes;

namespace Krewe.Storage.Tests.Embedded;

public sealed class IndexFloorTests
{
    private readonly IndexFloor _floor = new([0]);

    [Fact]
    public void A_reader_begins_where_the_last_one_found_something()
    {
        Assert.Equal([0], _floor.Begin());
        _floor.Advance([5]);
        Assert.Equal([5], _floor.Begin());
    }

    [Fact]
    public void A_row_below_lowers_it_and_one_above_does_not()
    {
        _floor.Begin();
        _floor.Advance([5]);
        _floor.Lower([7]);
        Assert.Equal([5], _floor.Begin());
        _floor.Lower([3, 1]);
        Assert.Equal([3, 1], _floor.Begin());
    }

    [Fact]
    public void A_row_that_came_while_a_reader_walked_past_is_not_left_behind()
    {
        _floor.Begin();
        _floor.Lower([4]);
        _floor.Lower([6]);
        _floor.Advance([9]);
        Assert.Equal([4], _floor.Begin());
        _floor.Advance([9]);
        Assert.Equal([9], _floor.Begin());
    }

    [Fact]
    public void A_new_opening_begins_at_the_start_even_under_a_reader()
    {
        _floor.Begin();
        _floor.Reset();
        _floor.Advance([9]);
        Assert.Equal([0], _floor.Begin());
    }
}
