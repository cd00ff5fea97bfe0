using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;
using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Privacy;

/// <summary>What decides whether something is personal data.</summary>
public enum PiiDetector
{
    /// <summary>Shapes with check digits, ranges and words around them; names, places and organisations by rules.</summary>
    Validated,

    /// <summary>Five plain regular expressions (ssn, credit_card, email, phone, ip_address) and nothing else.</summary>
    SeedRegex,
}

/// <summary>A kind of personal data of one's own.</summary>
public sealed record CustomRecogniser
{
    /// <summary>Its kind, of a-z, 0-9 and _: <c>employee_number</c>.</summary>
    [RegularExpression("^[a-z][a-z0-9_]{0,63}$")]
    public required string Entity { get; init; }

    /// <summary>.NET regular expression, without look-around and back-references, so that no value can make it slow.</summary>
    public required string Pattern { get; init; }

    /// <summary>Confidence of a match, 0 to 1. Default: 0.8.</summary>
    [Range(0.0, 1.0)]
    public double Confidence { get; init; } = 0.8;
}

/// <summary>
/// Finds personal data in text columns, and in numbers and dates of columns that hold nothing else: cards, accounts, identifiers of many countries,
/// addresses, secrets, names. Masks, removes, hashes, encrypts or replaces it, or only flags it. Evidence names row, column and kind, never the value.
/// </summary>
[Step("pii_detection", Aliases = ["pii"])]
public sealed partial class PiiDetection : Step
{
    readonly Options options;
    readonly ColumnChoice choice;

    public PiiDetection(Options options)
    {
        this.options = options;
        choice = new ColumnChoice(options.Columns, field => field.Type is ColumnType.Text or ColumnType.Int64 or ColumnType.Date, "text, int64 and date");
    }

    public sealed record Options
    {
        /// <summary>Columns to look at. Default: all of text, whole numbers and dates.</summary>
        public IReadOnlyList<string> Columns { get; init; } = [];

        /// <summary><c>validated</c>, or <c>seed_regex</c> for five plain patterns. Default: validated.</summary>
        public PiiDetector Detector { get; init; } = PiiDetector.Validated;

        /// <summary>What happens to what is found: flag, mask, remove, redact, hash, encrypt, pseudonym or surrogate. Default: flag.</summary>
        public PiiAction Action { get; init; } = PiiAction.Flag;

        /// <summary>Actions of single kinds, for example <c>credit_card: mask</c>; the others get <c>action</c>. Default: none.</summary>
        public IReadOnlyDictionary<string, PiiAction> Actions { get; init; } = new Dictionary<string, PiiAction>();

        /// <summary>Kinds to look for. Default: all.</summary>
        public IReadOnlyList<string> Entities { get; init; } = [];

        /// <summary>Countries whose identifiers are looked for, by ISO 3166 code: us, gb, de. Default: all.</summary>
        public IReadOnlyList<string> Countries { get; init; } = [];

        /// <summary>Least confidence of a finding, 0 to 1. Default: 0.5.</summary>
        [Range(0.0, 1.0)]
        public double MinConfidence { get; init; } = 0.5;

        /// <summary>Values that are not personal here, whatever they look like; case does not matter. Default: none.</summary>
        public IReadOnlyList<string> Allow { get; init; } = [];

        /// <summary>Own recognisers, in addition.</summary>
        public IReadOnlyList<CustomRecogniser> Recognisers { get; init; } = [];

        /// <summary>Where the key is, for hash, encrypt, pseudonym and surrogate: <c>env:NAME</c> or <c>file:PATH</c>. Never the key itself.</summary>
        public string? Key { get; init; }
    }

    public override bool IsPassive => options.Action == PiiAction.Flag && options.Actions.Values.All(action => action == PiiAction.Flag);

    public override int CodeVersion => 2;

    internal bool CountsImages { get; init; }

    bool NeedsKey => PiiActions.NeedsKey(options.Action) || options.Actions.Values.Any(PiiActions.NeedsKey);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        choice.Plan(input, problems);
        var known = PiiScanner.Entities.Concat(options.Recognisers.Select(r => r.Entity)).ToHashSet(StringComparer.Ordinal);
        for (var i = 0; i < options.Entities.Count; i++)
        {
            CheckEntity(options.Entities[i], $"entities[{i}]", known, problems);
        }

        foreach (var entity in options.Actions.Keys)
        {
            CheckEntity(entity, $"actions.{entity}", known, problems);
        }

        for (var i = 0; i < options.Countries.Count; i++)
        {
            if (!Recogniser.All.Any(r => r.Country == options.Countries[i]))
            {
                var countries = Recogniser.All.Select(r => r.Country).OfType<string>().Distinct().Order(StringComparer.Ordinal);
                problems.Add($"countries[{i}]", $"'{options.Countries[i]}' has no recognisers. There are: {string.Join(", ", countries)}.");
            }
        }

        for (var i = 0; i < options.Recognisers.Count; i++)
        {
            if (ProblemOf(options.Recognisers[i].Pattern) is { } problem)
            {
                problems.Add($"recognisers[{i}].pattern", problem);
            }
        }

        if (options.Key is { } key && PiiKey.Problem(key) is { } wrong)
        {
            problems.Add("key", wrong);
        }
        else if (NeedsKey && options.Key is null)
        {
            problems.Add("key", "hash, encrypt, pseudonym and surrogate need a key. Name where it is: env:NAME or file:PATH.");
        }

        return input;
    }

    static void CheckEntity(string entity, string path, HashSet<string> known, StepProblems problems)
    {
        if (!known.Contains(entity))
        {
            var near = known.MinBy(name => (StepProblems.Distance(name, entity), name));
            problems.Add(path, $"'{entity}' is not a kind of personal data that is known. Did you mean '{near}'? docs/privacy.md lists them.");
        }
    }

    static string? ProblemOf(string pattern)
    {
        try
        {
            Compile(pattern);
            return null;
        }
        catch (ArgumentException error)
        {
            return $"'{pattern}' is no regular expression: {error.Message}";
        }
        catch (NotSupportedException)
        {
            return $"'{pattern}' uses look-around or back-references, which can be made to take for ever. Write it without.";
        }
    }

    static Regex Compile(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);

    PiiScope Scope(double minConfidence) => new()
    {
        MinConfidence = minConfidence,
        CountsImages = CountsImages,
        BuiltIn = options.Detector == PiiDetector.Validated,
        Entities = options.Entities.ToHashSet(StringComparer.Ordinal),
        Countries = options.Countries.ToHashSet(StringComparer.Ordinal),
        Allow = options.Allow.Select(value => value.Trim().ToLowerInvariant()).ToHashSet(StringComparer.Ordinal),
        Patterns =
        [
            .. options.Detector == PiiDetector.SeedRegex ? SeedPatterns.All : [],
            .. options.Recognisers.Select(r => (r.Entity, Compile(r.Pattern), r.Confidence)),
        ],
    };

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => wanted;

    /// <summary>Two microseconds for the text of a cell.</summary>
    public override double ApplyCost(Schema input) => 200 * choice.PossibleNames(input).Count;

    public override State? NewState(Schema input) => new ColumnStates<PiiColumnState>(() => new PiiColumnState());

    public override IReadOnlySet<string>? Observes(Schema input) => choice.PossibleNames(input);

    public override void Observe(Batch batch, State state)
    {
        var columns = (ColumnStates<PiiColumnState>)state;
        var scanner = new PiiScanner(Scope(Math.Min(PiiScanner.Possible, options.MinConfidence)));
        for (var i = 0; i < batch.Schema.Count; i++)
        {
            if (choice.Has(batch.Schema[i]))
            {
                Observe(batch[i], batch.Schema[i].Name, scanner, options.MinConfidence, columns[batch.Schema[i].Name]);
            }
        }
    }

    public override byte[] Fit(State? state, object? decided)
    {
        var columns = (ColumnStates<PiiColumnState>)state!;
        return Fitted.Of(new PiiReport([.. columns.Names.Select(name => columns[name].Report(name))], NeedsKey ? PiiKey.Read(options.Key!).Check : null));
    }

    /// <summary>Counts are for the report; a cell depends on what its column holds, and on the key.</summary>
    public override string ApplyKey(Fitted fitted)
    {
        var report = fitted.As<PiiReport>();
        return string.Join('\n', report.Columns.Where(c => c.Entity is not null).Select(c => $"{c.Entity}:{c.Column}").Append(report.KeyCheck));
    }
}
