using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using Sluice.Llm;
using Sluice.Steps;

namespace Sluice.SchemaDetection;

/// <summary>
/// Says what the table is: types, formats, meanings, personal data, keys, dependencies, hierarchies, and steps that would make it better. Changes
/// nothing. It looks once: what needs a second look (keys and dependencies of tables that are larger than the sample) is marked as not verified;
/// <c>sluice schema</c> takes that look.
/// </summary>
[Step("schema_detection", Aliases = ["detect_schema"])]
public sealed class SchemaDetectionStep : Step, IAskModels
{
    readonly Options options;
    readonly string? model;

    public SchemaDetectionStep(Options options)
        : this(options, null)
    {
    }

    SchemaDetectionStep(Options options, string? model) => (this.options, this.model) = (options, model);

    public sealed record Options
    {
        /// <summary>Columns, from the first on, among which dependencies and keys of several columns are looked for. Default: 40.</summary>
        [Range(0, 200)]
        public int RelatedColumns { get; init; } = 40;

        /// <summary>Columns on the left of a dependency at most. Default: 2.</summary>
        [Range(1, 3)]
        public int DependencyColumns { get; init; } = 2;

        /// <summary>Largest share of rows that may break a dependency, 0 to 1 (g3). Default: 0.01.</summary>
        [Range(0.0, 1.0)]
        public double MaxDependencyError { get; init; } = 0.01;

        /// <summary>Columns of a key at most. Default: 3.</summary>
        [Range(1, 4)]
        public int KeyColumns { get; init; } = 3;

        /// <summary>What is known of columns: it wins over what is detected. Each has a name and any of type, format, nullable, description, pattern, pii, precision, scale. Default: none.</summary>
        public IReadOnlyList<DeclaredColumn> Columns { get; init; } = [];

        /// <summary>
        /// Language model that describes the columns, from a profile and samples with personal data masked: <c>default</c>, a name of the configuration, an alias or
        /// <c>provider/model</c>. What it claims and the data contradicts is refused. Where no model is configured, nothing is asked and a note says so. Default: none is asked.
        /// </summary>
        [MinLength(1)]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public string? Model { get; init; }

        /// <summary>With <c>model</c>: sends sampled values as they are, personal data too. Default: false.</summary>
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
        public bool AllowPersonalData { get; init; }

        /// <summary>With <c>model</c>: US dollars that it may cost in one run. Default: no limit.</summary>
        [Range(0.0, 1_000_000_000.0)]
        [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
        public double? BudgetUsd { get; init; }
    }

    /// <summary>What the user says of a column. What is not given is detected.</summary>
    public sealed record DeclaredColumn
    {
        /// <summary>The column.</summary>
        [Required]
        public required string Name { get; init; }

        /// <summary>string, integer, decimal, float, boolean or datetime. Default: as detected.</summary>
        [RegularExpression("string|integer|decimal|float|boolean|datetime")]
        public string? Type { get; init; }

        /// <summary>How values are written. Default: as detected.</summary>
        public string? Format { get; init; }

        /// <summary>Whether values may be missing. Default: as detected.</summary>
        public bool? Nullable { get; init; }

        /// <summary>In words. Default: as detected.</summary>
        public string? Description { get; init; }

        /// <summary>Form of the values. Default: as detected.</summary>
        public string? Pattern { get; init; }

        /// <summary>Whether it holds personal data. Default: as detected.</summary>
        public bool? Pii { get; init; }

        /// <summary>Digits of a decimal. Default: as detected.</summary>
        public int? Precision { get; init; }

        /// <summary>Decimal places of a decimal. Default: as detected.</summary>
        public int? Scale { get; init; }
    }

    public override bool IsPassive => true;

    string? IAskModels.Model => options.Model;

    decimal? IAskModels.BudgetUsd => (decimal?)options.BudgetUsd;

    bool IAskModels.CanDoWithout => true;

    Step IAskModels.For(string? model, string? cheap) => model is null ? this : new SchemaDetectionStep(options, model);

    /// <summary>The model that a run asks; null: none.</summary>
    internal string? Asked => model;

    internal bool SendsPersonalData => options.AllowPersonalData;

    // A model's answers are its own; without one, nothing changes in what was known by this step before.
    public override string DependsOn => model is null ? "" : $"[{model}]";

    public override Schema Plan(Schema input, StepProblems problems)
    {
        for (var i = 0; i < options.Columns.Count; i++)
        {
            problems.Column(input, $"columns[{i}].name", options.Columns[i].Name);
        }

        return input;
    }

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    public override State NewState(Schema input) => new TableSketch(input, options.RelatedColumns);

    public override void Observe(Batch batch, State state) => ((TableSketch)state).Observe(batch);

    public override byte[] Fit(State? state, object? decided)
    {
        var plain = Detector(state!).Schema();
        var note = options.Model is not null && model is null ? new[] { ModelRefiner.NotAsked } : [];
        return Fitted.Of(Declared(plain with { Notes = [.. plain.Notes, .. note] }));
    }

    /// <summary>As <see cref="Fit"/>, with what a refiner adds.</summary>
    /// <param name="state">What was seen of all rows.</param>
    /// <param name="name">Name of the table.</param>
    /// <param name="refiner">The refiner.</param>
    /// <param name="cancellation">Ends it.</param>
    internal async Task<byte[]> RefinedFitAsync(State state, string name, SchemaRefiner refiner, CancellationToken cancellation)
    {
        var table = Detector(state);
        var plain = table.Schema();
        var claims = await refiner.RefineAsync([table.Profile(name, plain)], cancellation);
        return Fitted.Of(Declared(RefinementGuard.Apply(table, plain, claims[0])));
    }

    /// <summary>What a refiner would ask, without asking.</summary>
    internal Task<IReadOnlyList<UnaskedQuestions>> ForecastAsync(State state, string name, ModelRefiner refiner, CancellationToken cancellation)
    {
        var table = Detector(state);
        return refiner.CountAsync(table.Profile(name, table.Schema()), cancellation);
    }

    SchemaDetector Detector(State state) => new((TableSketch)state, new DetectionLimits
    {
        RelatedColumns = options.RelatedColumns,
        DependencyColumns = options.DependencyColumns,
        MaxDependencyError = options.MaxDependencyError,
        KeyColumns = options.KeyColumns,
    });

    DetectedSchema Declared(DetectedSchema schema) => schema with { Columns = [.. schema.Columns.Select(Declared)] };

    /// <summary>Nothing that was detected changes a row.</summary>
    public override string ApplyKey(Fitted fitted) => "";

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts) => verdicts.Keep(batch);

    DetectedColumn Declared(DetectedColumn found) => options.Columns.FirstOrDefault(c => c.Name == found.Name) is not { } declared ? found : new DetectedColumn
    {
        Name = found.Name,
        Type = declared.Type ?? found.Type,
        Format = declared.Format ?? (declared.Type is null || declared.Type == found.Type ? found.Format : null),
        Nullable = declared.Nullable ?? found.Nullable,
        Description = declared.Description ?? found.Description,
        Pattern = declared.Pattern ?? found.Pattern,
        Pii = (declared.Pii ?? found.Pii) == true ? true : null,
        Precision = declared.Precision ?? (declared.Type is null or "decimal" ? found.Precision : null),
        Scale = declared.Scale ?? (declared.Type is null or "decimal" ? found.Scale : null),
    };
}
