using System.Reflection;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Sluice.Batches;
using Sluice.Cleaning;
using Sluice.Core.Tests.Steps;
using Sluice.Steps;

namespace Sluice.Core.Tests.Cleaning;

/// <summary>What every cleaner keeps, whatever it cleans. Cleaners are found as the program finds them: a new one is here without a line, unless it cannot do without options.</summary>
public sealed class EveryCleanerTests
{
    /// <summary>Options of those that cannot do without.</summary>
    static readonly Dictionary<string, Func<Schema, object>> options = new()
    {
        ["filter"] = _ => new { condition = "1 = 1" },
        ["standardize_formats"] = schema => new { dates = Texts(schema, 0), phones = Texts(schema, 1), units = Texts(schema, 2).ToDictionary(name => name, _ => "kg"), addresses = Texts(schema, 0).ToDictionary(name => name, _ => "GB"), country = "GB" },
    };

    /// <summary>Cleaners that may change a table again when they are fitted anew on what they left, and why that is right.</summary>
    static readonly Dictionary<string, string> learnsAgain = new()
    {
        ["remove_outliers"] = "without the farthest values the limits are narrower; RemoveOutliersTests says what holds instead",
    };

    public static TheoryData<string> Cleaners =>
    [
        .. typeof(Step).Assembly.GetTypes().Where(t => t.Namespace == typeof(DataCleaning).Namespace && t.IsSubclassOf(typeof(Step)))
            .Select(t => t.GetCustomAttribute<StepAttribute>()?.Type).OfType<string>().Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Cleaners))]
    public void Stands_hostile_tables_and_does_not_depend_on_batches_or_order(string cleaner) =>
        Prop.ForAll(HostileTables.Random, table => Holds(cleaner, table)).QuickCheckThrowOnFailure();

    [Theory]
    [MemberData(nameof(Cleaners))]
    public void Stands_tables_that_nobody_expects(string cleaner)
    {
        foreach (var (_, table) in HostileTables.Always())
        {
            Holds(cleaner, table);
        }
    }

    [Theory]
    [MemberData(nameof(Cleaners))]
    public void Has_nothing_left_to_do_on_what_it_left(string cleaner)
    {
        if (learnsAgain.ContainsKey(cleaner))
        {
            return;
        }

        Prop.ForAll(HostileTables.Random, table =>
        {
            var once = Run(cleaner, table);

            var twice = Run(cleaner, once.All);

            Assert.Equal(once.Schema, twice.Schema);
            Assert.Equal(HostileTables.Rows(once.All), HostileTables.Rows(twice.All));
        }).QuickCheckThrowOnFailure();
    }

    static void Holds(string cleaner, Batch table)
    {
        var whole = Run(cleaner, table);
        var cut = Run(cleaner, HostileTables.Cut(table, table.Rows));
        var shuffled = Run(cleaner, HostileTables.Shuffled(table, table.Rows));

        Assert.Equal(HostileTables.Rows(whole.All), HostileTables.Rows(cut.All));
        Assert.Equal(Changes(whole), Changes(cut));
        Assert.Equal(HostileTables.Rows(whole.All).Order(StringComparer.Ordinal), HostileTables.Rows(shuffled.All).Order(StringComparer.Ordinal));
        Assert.Equal(Changes(whole), Changes(shuffled));
    }

    /// <summary>Every third text column.</summary>
    static string[] Texts(Schema schema, int from) => [.. schema.Where(f => f.Type == ColumnType.Text).Where((_, i) => i % 3 == from).Select(f => f.Name)];

    static StepRun Run(string cleaner, params Batch[] batches)
    {
        var schema = batches[0].Schema;
        if (cleaner == "standardize_formats" && schema.All(f => f.Type != ColumnType.Text))
        {
            // It refuses to work on no column.
            return new StepRun(schema, [], batches, [.. batches.Select(b => new Verdicts(b.Rows))]);
        }

        var json = options.TryGetValue(cleaner, out var needed) ? JsonSerializer.Serialize(needed(schema)) : "{}";
        var step = (Step)Catalog.Default.Configure(CapabilityKind.Step, cleaner, json);
        if (step is not StepGroup group)
        {
            return StepRunner.Run(step, batches);
        }

        StepRun? run = null;
        foreach (var each in group.Expand())
        {
            run = StepRunner.Run(each, run is null ? batches : [.. run.Batches]);
        }

        return run!;
    }

    static SortedDictionary<string, long> Changes(StepRun run) =>
        new(run.Verdicts.SelectMany(v => v.Changed).GroupBy(c => c.Key).ToDictionary(c => c.Key, c => c.Sum(v => v.Value)), StringComparer.Ordinal);
}
