using Sluice.Datasets;
using Sluice.Splits;

namespace Sluice.Pipelines;

/// <summary>Holds the chains of a graph to the rules that hold within one: rows go from chain to chain as they go from step to step.</summary>
static class GraphLint
{
    /// <param name="chains">Each after those that it reads.</param>
    /// <param name="placeOf">Where an option of a step of the file is.</param>
    /// <param name="problems">Gets every step that breaks a rule.</param>
    public static void Check(IReadOnlyList<PipelineChain> chains, Func<string, string, YamlNode> placeOf, ProblemList problems)
    {
        var later = SplitsAfter(chains);
        var splits = new List<IReadOnlyList<PipelineStep>>();
        var makes = new List<PipelineStep?>();
        for (var i = 0; i < chains.Count; i++)
        {
            var steps = chains[i].Pipeline.Steps;
            int[] rows = [.. RowsOf(chains, i)];
            IReadOnlyList<PipelineStep> before = [.. rows.SelectMany(r => splits[r]).Distinct()];
            var made = rows.Select(r => makes[r]).FirstOrDefault(m => m is not null);
            LeakLint.Check(steps, placeOf, problems, before, later[i]);
            AugmentLint.Check(steps, placeOf, problems, made);
            StepRange.CheckUndone(steps, placeOf, problems);
            splits.Add(steps.LastOrDefault(s => s.Step is Split) is { } last ? [last] : before);
            makes.Add(made ?? steps.FirstOrDefault(s => s.Step.Augments));
        }

        CheckReads(chains, placeOf, problems);
    }

    /// <summary>The first split in a chain that reads each, be it through others or as a table: what was learned from all rows reaches both of its sides.</summary>
    static PipelineStep?[] SplitsAfter(IReadOnlyList<PipelineChain> chains)
    {
        var later = new PipelineStep?[chains.Count];
        for (var i = chains.Count - 1; i >= 0; i--)
        {
            var first = chains[i].Pipeline.Steps.FirstOrDefault(s => s.Step is Split) ?? later[i];
            foreach (var read in chains[i].After)
            {
                later[read] = first ?? later[read];
            }
        }

        return later;
    }

    /// <summary>The chains whose rows a chain goes on with; not those that are a table beside them.</summary>
    static IEnumerable<int> RowsOf(IReadOnlyList<PipelineChain> chains, int chain) =>
        chains[chain].Pipeline.Source.Source is DatasetSource source ? chains[chain].After.Where(read => source.Names.Contains(chains[read].Pipeline.Dataset)) : [];

    /// <summary>Refuses to read by name what the file itself makes: which version that is would depend on what is done first.</summary>
    static void CheckReads(IReadOnlyList<PipelineChain> chains, Func<string, string, YamlNode> placeOf, ProblemList problems)
    {
        foreach (var (pipeline, after) in chains)
        {
            var reads = pipeline.Steps.Where(s => s.Step is Joins.StepOverTable { ReadsNewest: true }).Select(s => (s.Group, Name: ((Joins.StepOverTable)s.Step).Reference!.Dataset!))
                .Concat(pipeline.Source.Source is DatasetSource { Version: null } source ? source.Names.Select(name => (Group: pipeline.Source.Id, Name: name)) : []);
            foreach (var (step, name) in reads.Where(r => chains.Any(c => c.Pipeline.Dataset == r.Name) && after.All(a => chains[a].Pipeline.Dataset != r.Name)))
            {
                problems.Add(placeOf(step, "dataset"), $"'{step}' reads the newest version of the dataset '{name}', which this pipeline makes. State the version, name another dataset, or let it read a step with 'depends_on'.");
            }
        }
    }
}
