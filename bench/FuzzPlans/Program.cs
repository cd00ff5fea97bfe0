using System.Globalization;
using Sluice.Connectors;
using Sluice.Tests.Optimise;

// fuzz-plans N [--seed FIRST]: each seed is a table and a plan, run as written and optimised.
var plans = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 10_000;
var first = args is [_, "--seed", var given] ? int.Parse(given, CultureInfo.InvariantCulture) : 1;
var folder = Path.GetTempPath();
var inputs = new FolderInputs([folder], folder);
var rules = new SortedDictionary<string, int>(StringComparer.Ordinal);
var (ran, rewritten, mismatches) = (0, 0, 0);
for (var seed = first; seed < first + plans; seed++)
{
    var plan = RandomPlan.Of(seed);
    if (await plan.DifferenceAsync(inputs, CancellationToken.None) is { } difference)
    {
        mismatches++;
        Console.WriteLine($"seed {seed}: {difference}");
    }

    ran += plan.Ran ? 1 : 0;
    rewritten += plan.Rewrites.Count > 0 ? 1 : 0;
    foreach (var rule in plan.Rewrites)
    {
        rules[rule] = rules.GetValueOrDefault(rule) + 1;
    }

    if ((seed - first + 1) % 1_000 == 0)
    {
        Console.WriteLine($"{seed - first + 1:N0} plans, {mismatches} mismatches");
    }
}

Console.WriteLine(
    $"{plans:N0} plans from seed {first}: {ran:N0} ran as written, {rewritten:N0} of them were rewritten, {mismatches} mismatches; "
    + string.Join(", ", rules.Select(r => $"{r.Key} {r.Value:N0}")));
return mismatches == 0 ? 0 : 1;
