using Sluice.Connectors;
using Sluice.Embedding;
using Sluice.Steps;

namespace Sluice.Pipelines;

public sealed partial record Pipeline
{
    /// <summary>Runs the plan of every step from <paramref name="from"/> on, over the columns that come to it.</summary>
    /// <param name="source">Columns of the source; of the step before <paramref name="from"/> when that is not 0.</param>
    /// <param name="from">Number of the first step to check.</param>
    /// <returns>The schema after the last step.</returns>
    /// <exception cref="PipelineException">Every option that does not fit the columns, with its place in the file.</exception>
    public Schema CheckColumns(Schema source, int from = 0)
    {
        var problems = new ProblemList(FileName);
        var schema = source;
        foreach (var step in Steps.Skip(from))
        {
            var found = new StepProblems();
            try
            {
                schema = step.Step.Plan(schema, found);
            }
            catch (DataException error)
            {
                found.Add("", error.Message);
            }

            var places = Places[step.Group];
            foreach (var (path, message) in found.Items)
            {
                problems.Add(places.Of(path), message);
            }
        }

        problems.ThrowIfAny();
        return schema;
    }

    /// <summary>A problem at a step of the file.</summary>
    internal Problem ProblemAt(string step, string message) => new(message, FileName, Places[step].Step.Line, Places[step].Step.Column);

    /// <summary>Refuses models that may not be used, before anything looks for them.</summary>
    /// <exception cref="PipelineException">Every such option, with its place in the file.</exception>
    public void CheckModels(AllowedModels allowed)
    {
        var problems = new ProblemList(FileName);
        foreach (var step in Steps)
        {
            foreach (var (path, model) in step.Step.Models)
            {
                if (allowed.Problem(model) is { } problem)
                {
                    problems.Add(Places[step.Group].Of(path), problem);
                }
            }
        }

        problems.ThrowIfAny();
    }

    /// <summary>Finds outputs that can never be written, so that no run commits a version whose output is refused afterwards.</summary>
    /// <param name="outputs">Where the sinks write.</param>
    /// <param name="inputs">Where the source reads: an output may not be its input.</param>
    /// <exception cref="PipelineException">Every such sink, with its place in the file.</exception>
    public void CheckSinks(OutputFiles outputs, InputFiles inputs)
    {
        var problems = new ProblemList(FileName);
        foreach (var sink in Sinks)
        {
            try
            {
                if (sink.Sink.Check(outputs) is { } path && outputs.LocalPath(path) is { } file && Source.Source.FilePath is { } read && inputs.Means(read, file))
                {
                    problems.Add(
                        Places[sink.Id].Of("file_path"),
                        $"The output \"{path}\" is input too: step '{Source.Id}' reads \"{Source.Source.FilePath}\". The next run would read what this one "
                        + "wrote. Expected a file that the source does not read: write it to another folder, such as \"out/\", or name the input more narrowly.");
                }
            }
            catch (SinkException error)
            {
                problems.Add(Places[sink.Id].Of("file_path"), error.Message);
            }
        }

        problems.ThrowIfAny();
    }
}
