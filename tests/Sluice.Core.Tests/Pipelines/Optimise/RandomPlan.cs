using System.Globalization;
using System.Text.Json.Nodes;
using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Joins;
using Sluice.Pipelines;
using Sluice.Pipelines.Optimise;
using Sluice.Steps;

namespace Sluice.Tests.Optimise;

/// <summary>A pipeline of random steps on a random table, and whether it gives the same optimised.</summary>
sealed class RandomPlan
{
    const int MaxSteps = 8;

    RandomPlan(Pipeline pipeline, Batch rows) => (Pipeline, Rows) = (pipeline, rows);

    public Pipeline Pipeline { get; }

    public Batch Rows { get; }

    /// <summary>Rewrites of both levels, by rule.</summary>
    public List<string> Rewrites { get; } = [];

    /// <summary>Whether the steps as written ran on these rows; some refuse hostile ones, and then there is nothing to compare.</summary>
    public bool Ran { get; private set; }

    public static RandomPlan Of(int seed)
    {
        var random = new Random(seed);
        var rows = RandomTable.Of(random);
        var steps = new JsonArray { new JsonObject { ["id"] = "read", ["type"] = "csv", ["config"] = new JsonObject { ["file_path"] = "rows.csv" } } };
        var (made, tables, schema) = (new RandomSteps(random), new Dictionary<string, Batch>(), rows.Schema);
        var wanted = random.Next(3, MaxSteps + 1);
        for (var tries = 0; steps.Count <= wanted && tries < 200; tries++)
        {
            var key = random.Next(5) == 0 ? rows.Schema[random.Next(rows.Schema.Count)].Name : null;
            var (type, config) = key is null ? made.Next(schema) : made.Join(key);
            var id = string.Create(CultureInfo.InvariantCulture, $"s{steps.Count}_{type}");
            if (key is not null)
            {
                tables[id] = RandomTable.ToJoin(rows, key, random.Next(2) == 0, random);
            }

            if (After(type, config, schema, tables.GetValueOrDefault(id)) is { } next)
            {
                steps.Add(new JsonObject { ["id"] = id, ["type"] = type, ["config"] = config });
                schema = next;
            }
        }

        var pipeline = Pipeline.Parse(new JsonObject { ["name"] = "random", ["steps"] = steps }.ToJsonString());
        return new RandomPlan(
            pipeline with { Steps = [.. pipeline.Steps.Select(s => s.Step is StepOverTable over ? s with { Step = over.On(new SideTable(tables[s.Id], s.Id, [])) } : s)] }, rows);
    }

    /// <summary>What differs when the plan is optimised; null when nothing does.</summary>
    public async Task<string?> DifferenceAsync(InputFiles inputs, CancellationToken cancellation)
    {
        Trial written;
        try
        {
            written = await Trial.RunAsync(Pipeline, Rows, null, inputs, null, cancellation);
        }
        catch (Exception error) when (error is DataException or PipelineException)
        {
            return null;
        }

        Ran = true;
        foreach (var level in new[] { RewriteLevel.Exact, RewriteLevel.Rows })
        {
            if (Optimiser.Plan(Pipeline, SampleRows.Open(Rows.Schema), level, new PlanFacts(written.Record.Steps)).Plan is not { } plan)
            {
                continue;
            }

            Rewrites.AddRange(plan.Rewrites.Select(r => r.Rule));
            string? difference;
            try
            {
                difference = (await Trial.RunAsync(Pipeline, Rows, plan, inputs, null, cancellation)).Differs(written, plan.Level);
            }
            catch (Exception error) when (error is not OperationCanceledException)
            {
                difference = $"it fails: {error.Message}";
            }

            if (difference is not null)
            {
                var rewrites = string.Join("; ", plan.Rewrites.Select(r => $"{r.Rule}: {r.What}"));
                return $"{level}: {difference}\n  {rewrites}\n  {Pipeline.CanonicalJson}";
            }
        }

        return null;
    }

    static Schema? After(string type, JsonObject config, Schema schema, Batch? table)
    {
        try
        {
            var step = (Step)Catalog.Default.Configure(CapabilityKind.Step, type, config.ToJsonString());
            var problems = new StepProblems();
            var next = (step is StepOverTable over ? over.On(new SideTable(table!, "", [])) : step).Plan(schema, problems);
            return problems.Items.Count == 0 && next.Count > 0 ? next : null;
        }
        catch (Exception error) when (error is PipelineException or DataException)
        {
            return null;
        }
    }
}
