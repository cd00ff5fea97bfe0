namespace Sluice.SchemaDetection;

/// <summary>From what was seen of a table to its schema.</summary>
sealed class SchemaDetector
{
    const int ShownExamples = 3;
    const int MaxExample = 40;
    const int ProfileSamples = 8;

    readonly TableSketch sketch;
    readonly DetectionLimits limits;

    public SchemaDetector(TableSketch sketch, DetectionLimits limits)
    {
        this.sketch = sketch;
        this.limits = limits;
        Columns = [.. sketch.Columns.Select(c => new ColumnJudge(c))];
        var related = Columns.Take(sketch.Related).ToList();
        var search = new DependencySearch(related, sketch.RowSample);
        Dependencies = [.. search.Dependencies(limits.DependencyColumns, limits.MaxDependencyError, limits.MaxDependencies)
            .Select(d => new Dependency([.. d.From.Select(i => related[i].Name)], related[d.To].Name, Math.Round(d.Error, 6), sketch.RowSample.IsComplete))];
        Keys = [.. KeySearch.Of(Columns, related, search, limits, sketch.RowSample.IsComplete)];
    }

    public IReadOnlyList<ColumnJudge> Columns { get; }

    /// <summary>Candidates, until all rows were compared.</summary>
    public IReadOnlyList<KeyCandidate> Keys { get; private set; }

    public IReadOnlyList<Dependency> Dependencies { get; private set; }

    /// <summary>Rows that equal an earlier one; null until all rows were compared.</summary>
    public long? Duplicates { get; private set; }

    public long Rows => sketch.Rows;

    /// <summary>Takes over what comparing all rows gave.</summary>
    public void Take(VerifiedTable verified)
    {
        (Keys, Dependencies, Duplicates) = (verified.Keys, verified.Dependencies, verified.Duplicates);
    }

    /// <summary>The schema, described by what was detected.</summary>
    public DetectedSchema Schema()
    {
        var unique = Keys.Where(k => k.Verified && k.Columns.Count == 1).Select(k => k.Columns[0]).ToHashSet(StringComparer.Ordinal);
        var issues = IssueSearch.Of(this, sketch.RowSample, sketch.Related).ToList();
        var steps = Suggestions.Of(this, issues).ToList();
        var plain = new DetectedSchema
        {
            Columns = [.. Columns.Select(c => c.Column(null))],
            SuggestedTransformations = [.. steps.Select(s => s.Description)],
            Transformations = steps,
            Rows = sketch.Rows,
            Evidence = [.. Columns.Select(c => EvidenceOf(c, unique.Contains(c.Name)))],
            Keys = Keys,
            Dependencies = Dependencies,
            Hierarchies = [.. HierarchySearch.Of(Dependencies, Columns)],
            Issues = issues,
            Notes = [.. Notes()],
        };
        return PlainDescriptions.AddTo(plain);
    }

    /// <summary>The table as a refiner gets it.</summary>
    public TableProfile Profile(string name, DetectedSchema schema) => new(name, schema, [.. Columns.Select(c => c.Values.Take(ProfileSamples).Select(Cut).ToArray())]);

    IEnumerable<string> Notes()
    {
        if (sketch.Related < sketch.Columns.Count)
        {
            yield return $"Keys of several columns and dependencies were looked for among the first {sketch.Related} of {sketch.Columns.Count} columns; related_columns sets how many.";
        }

        if (Keys.Any(k => !k.Verified) || Dependencies.Any(d => !d.Verified))
        {
            yield return $"Unverified keys and dependencies hold in {sketch.RowSample.Count:N0} sampled rows; an unverified key of one column also has an estimated number of values that fits.";
        }
    }

    static ColumnEvidence EvidenceOf(ColumnJudge column, bool unique) => new()
    {
        Name = column.Name,
        SemanticType = column.Meaning?.Type,
        Confidence = column.Meaning?.Confidence,
        Reason = column.Meaning?.Reason,
        Missing = column.Sketch.Missing,
        Distinct = Math.Min(column.Sketch.Values.Distinct, column.Sketch.Present),
        DistinctError = Math.Round(column.Sketch.Values.Error, 4),
        Unique = unique ? true : column.Unique ?? (column.MayBeUnique ? null : false),
        WrongType = column.WrongType,
        Formats = column.DateFormats?.Shares ?? [],
        Examples = [.. column.Values.Take(ShownExamples).Select(v => column.IsPii ? Shape.Redact(v) : Cut(v))],
        Min = column.IsPii ? null : Limit(column.Sketch, column.Sketch.Min),
        Max = column.IsPii ? null : Limit(column.Sketch, column.Sketch.Max),
    };

    static string? Limit(ColumnSketch sketch, double? value) => value is not { } number ? null : sketch.Field.Type switch
    {
        ColumnType.Date => Days(number),
        ColumnType.Timestamp => Timestamps.Format((long)number),
        _ => number.ToString("R"),
    };

    static string? Days(double number) => number is > -719_163 and < 2_932_897 ? DateTime.UnixEpoch.AddDays(number).ToString("yyyy-MM-dd") : null;

    static string Cut(string text) => text.Length <= MaxExample ? text : string.Concat(text.AsSpan(0, MaxExample - 1), "…");
}
