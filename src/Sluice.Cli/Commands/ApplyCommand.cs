using System.CommandLine;
using System.Text.Json.Nodes;

namespace Sluice.Cli.Commands;

/// <summary><c>sluice apply STEP IN</c>: any single step on a file.</summary>
static class ApplyCommand
{
    public static Command Create()
    {
        var step = new Argument<string>("step") { Description = "Step of the catalogue (sluice steps)." };
        var input = new Argument<string>("in") { Description = "File, folder or glob to read." };
        var output = new Option<string?>("--out", "-o") { Description = "File to write: .parquet, .csv or .jsonl. Without it, the first rows are shown." };
        var config = new Option<string?>("--config") { Description = "Options of the step as JSON." };
        var evidence = new Option<string?>("--evidence") { Description = "File for every failing row and rule: .parquet, .csv or .jsonl." };
        var command = new Command("apply", "Run a single step on a file.") { step, input, output, config, evidence };
        Shell.Act(command, async (parsed, cancellation) =>
        {
            var type = parsed.GetRequiredValue(step);
            if (Catalog.Default.Find(CapabilityKind.Step, type) is null)
            {
                var steps = Catalog.Default.All.Where(c => c.Kind == CapabilityKind.Step).Select(c => c.Type);
                return Shell.Invalid(parsed, $"'{type}' is not a step. There are: {string.Join(", ", steps)}.");
            }

            JsonNode? options;
            try
            {
                options = JsonNode.Parse(parsed.GetValue(config) ?? "{}");
            }
            catch (System.Text.Json.JsonException error)
            {
                return Shell.Invalid(parsed, $"--config is not JSON: {error.Message} Found: {parsed.GetValue(config)}");
            }

            var node = new JsonObject { ["id"] = "step", ["type"] = type, ["config"] = options };
            return await SingleRun.RunAsync(parsed, parsed.GetRequiredValue(input), node, parsed.GetValue(output), parsed.GetValue(evidence), cancellation);
        });
        return command;
    }
}
