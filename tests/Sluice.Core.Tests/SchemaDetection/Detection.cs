using Sluice.Batches;
using Sluice.Connectors;
using Sluice.Core.Tests.Connectors;
using Sluice.Core.Tests.Steps;
using Sluice.SchemaDetection;
using Sluice.Steps;
using Sluice.Storage;
using Sluice.Tests.Storage;

namespace Sluice.Core.Tests.SchemaDetection;

/// <summary>Detection as the tests call it.</summary>
static class Detection
{
    /// <summary>One look, as the step takes it.</summary>
    public static DetectedSchema Of(Batch batch, SchemaDetectionStep.Options? options = null) =>
        new Fitted(StepRunner.Run(new SchemaDetectionStep(options ?? new()), batch).Json).As<DetectedSchema>();

    /// <summary>Text columns as a CSV file has them, typed as reading does.</summary>
    public static async Task<DetectedTables> OfFilesAsync(params (string Name, string Content)[] files)
    {
        using var folder = new TemporaryFolder();
        await using var scratch = new MemoryStore();
        var tables = new List<InputTable>();
        foreach (var (name, content) in files)
        {
            folder.Put(name + ".csv", content);
            tables.Add(await InputTable.OpenAsync(name, new CsvSource(new() { FilePath = name + ".csv" }), folder.Inputs(), scratch, default));
        }

        return await SchemaScan.RunAsync(tables, new DetectionLimits(), null, default);
    }

    public static async Task<DetectedSchema> OfFileAsync(string content) => (await OfFilesAsync(("table", content))).Tables[0].Schema;

    public static string? Meaning(this DetectedSchema schema, string column) => schema.Evidence.Single(e => e.Name == column).SemanticType;

    public static DetectedColumn Column(this DetectedSchema schema, string column) => schema.Columns.Single(c => c.Name == column);
}
