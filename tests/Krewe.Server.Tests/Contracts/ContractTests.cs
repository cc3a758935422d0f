using Krewe.ProcessHarness;

namespace Krewe.Server.Tests.Contracts;

/// <summary>Two versions run side by side while a cluster is upgraded: what they say to each other only grows. docs/operations/upgrade.md has the rule.</summary>
public sealed class ContractTests
{
    private const string Accept = "KREWE_ACCEPT_CONTRACTS";

    private static readonly string Baseline = Path.Combine(ServerBinary.RepositoryRoot, "tests", "Krewe.Server.Tests", "Contracts", "baseline.txt");

    private const string Head = """
        # What silos of Krewe say to each other and to the store. ContractTests compares it with the code: adding is allowed, by a change of this
        # file that somebody reviews (KREWE_ACCEPT_CONTRACTS=1 tests/run.sh Server --filter-class '*ContractTests' writes it); all else breaks upgrades.


        """;

    [Fact]
    public void Contracts_only_grow()
    {
        var (baseline, now) = (File.ReadAllText(Baseline), ContractText.Current());
        var diff = ContractDiff.Between(baseline, now);
        Assert.True(diff.Broken.Count == 0, $"An upgrade would break:\n{string.Join('\n', diff.Broken)}");
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(Baseline, Head + now);
        else
            Assert.True(diff.Added.Count == 0, $"The contracts have grown. If it is meant to be, accept it: {Accept}=1 tests/run.sh Server --filter-class '*ContractTests'\n{string.Join('\n', diff.Added)}");
    }

    // Orleans takes the name of a class, with its namespace and assembly, where there is no alias: moving a file would break an upgrade.
    [Fact]
    public void What_crosses_silos_has_a_name_of_its_own()
    {
        List<string> missing =
        [
            .. ContractText.Serialized.Concat(ContractText.Interfaces).Where(type => ContractText.AliasOf(type) is null).Select(type => $"{type}: no [Alias]"),
            .. ContractText.Interfaces.SelectMany(ContractText.Methods).Where(method => ContractText.AliasOf(method) is null).Select(method => $"{method.DeclaringType}.{method.Name}: no [Alias]"),
            .. ContractText.Missing.Select(type => $"{type}: no [GenerateSerializer]"),
            .. ContractText.Grains.Where(type => ContractText.GrainTypeOf(type) is null).Select(type => $"{type}: no [GrainType]"),
        ];
        Assert.Empty(missing);
        Assert.Empty(ContractText.Serialized.Concat(ContractText.Interfaces).GroupBy(ContractText.AliasOf).Where(same => same.Count() > 1).Select(same => $"{same.Key} is the alias of {string.Join(" and ", same)}"));
    }

    [Theory]
    [InlineData("type krewe.X\n  0 System.Int64 Seq", "type krewe.X", "[Id(0)] System.Int64 Seq is gone")]
    [InlineData("type krewe.X\n  0 System.Int64 Seq", "type krewe.X\n  1 System.Int64 Seq", "[Id(0)] System.Int64 Seq is gone")]
    [InlineData("type krewe.X\n  0 System.Int64 Seq", "type krewe.X\n  0 System.Int32 Seq", "[Id(0)] was System.Int64 Seq and is System.Int32 Seq")]
    [InlineData("type krewe.X\n  0 System.Int64 Seq", "type krewe.Y\n  0 System.Int64 Seq", "type krewe.X is gone")]
    [InlineData("type krewe.X\n  base krewe.B", "type krewe.X", "is gone")]
    [InlineData("enum krewe.E\n  0 None", "enum krewe.E\n  0 Some", "0 meant None and means Some")]
    [InlineData("interface krewe.I\n  Send (System.String) -> System.Int64", "interface krewe.I\n  Post (System.String) -> System.Int64", "the method Send is gone")]
    [InlineData("interface krewe.I\n  Send (System.String) -> System.Int64", "interface krewe.I\n  Send () -> System.Int64", "calls between the versions fail")]
    [InlineData("grain user\n  state account krewe.A", "grain user\n  state accounts krewe.A", "would no longer be found")]
    [InlineData("grain user\n  state account krewe.A", "grain user\n  state account krewe.B", "cannot be read")]
    [InlineData("store postgres\n  0001.sql abc", "store postgres\n  0001.sql abd", "Add a migration")]
    public void What_breaks_an_upgrade_is_told(string before, string now, string sentence) =>
        Assert.Contains(sentence, Assert.Single(ContractDiff.Between(before, now).Broken), StringComparison.Ordinal);

    [Theory]
    [InlineData("type krewe.X\n  0 System.Int64 Seq", "type krewe.X\n  0 System.Int64 Seq\n  1 System.String Name")]
    [InlineData("type krewe.X\n  0 System.Int64 Seq", "type krewe.X\n  0 System.Int64 Number")]
    [InlineData("type krewe.X", "type krewe.X\n\ntype krewe.Y")]
    [InlineData("enum krewe.E\n  0 None", "enum krewe.E\n  0 None\n  1 Some")]
    [InlineData("interface krewe.I\n  Send () -> System.Int64", "interface krewe.I\n  Read () -> System.Int64\n  Send () -> System.Int64")]
    [InlineData("store postgres\n  0001.sql abc", "store postgres\n  0001.sql abc\n  0002.sql abd")]
    public void What_only_adds_is_allowed_once_it_was_looked_at(string before, string now)
    {
        var diff = ContractDiff.Between(before, now);
        Assert.Empty(diff.Broken);
        Assert.Single(diff.Added);
    }
}
