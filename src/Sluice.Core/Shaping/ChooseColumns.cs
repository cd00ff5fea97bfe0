using System.ComponentModel.DataAnnotations;
using Sluice.Steps;

namespace Sluice.Shaping;

/// <summary>Keeps some columns, in the order they are named, or drops some; and gives columns other names. What no later step sees, earlier steps need not make: put it early or leave that to the optimiser.</summary>
[Step("choose_columns", Aliases = ["project"])]
public sealed class ChooseColumns(ChooseColumns.Options options) : Step
{
    public sealed record Options : IValidatableObject
    {
        /// <summary>Columns to keep, in this order. Not together with <c>drop</c>. Default: all.</summary>
        public IReadOnlyList<string> Keep { get; init; } = [];

        /// <summary>Columns to take away. Default: none.</summary>
        public IReadOnlyList<string> Drop { get; init; } = [];

        /// <summary>New names of columns that stay, old: new. Default: none.</summary>
        public IReadOnlyDictionary<string, string> Rename { get; init; } = new Dictionary<string, string>();

        /// <summary>One of keep and drop.</summary>
        public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
        {
            if (Keep.Count > 0 && Drop.Count > 0)
            {
                yield return new ValidationResult("Both 'keep' and 'drop' are given. Name either the columns that stay or those that go.", [nameof(Drop)]);
            }

            if (Keep.Count + Drop.Count + Rename.Count == 0)
            {
                yield return new ValidationResult("Neither 'keep' nor 'drop' nor 'rename' is given, so nothing would be done. Give one.", [nameof(Keep)]);
            }
        }
    }

    readonly IReadOnlyDictionary<string, string> oldNames = options.Rename.GroupBy(e => e.Value, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First().Key, StringComparer.Ordinal);

    public override Schema Plan(Schema input, StepProblems problems)
    {
        Check(input, "keep", options.Keep, problems);
        Check(input, "drop", options.Drop, problems);
        var stays = StepEffects.Names(Kept(input));
        foreach (var name in options.Rename.Keys)
        {
            if (problems.Column(input, $"rename.{name}", name) && !stays.Contains(name))
            {
                problems.Add($"rename.{name}", $"Column '{name}' does not stay, so it cannot get a name.");
            }
        }

        if (stays.GroupBy(NewName, StringComparer.Ordinal).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            problems.Add("rename", $"Two columns would be called '{twice.Key}'. Give one of them another name.");
        }

        if (stays.Count == 0)
        {
            problems.Add("drop", "No column would be left. Keep at least one.");
        }

        return problems.Items.Count > 0 ? input : new Schema(Kept(input).Select(name => input[name] with { Name = NewName(name) }));
    }

    static void Check(Schema input, string path, IReadOnlyList<string> names, StepProblems problems)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (problems.Column(input, $"{path}[{i}]", names[i]) && names.Take(i).Contains(names[i], StringComparer.Ordinal))
            {
                problems.Add($"{path}[{i}]", $"Column '{names[i]}' is named twice. Name it once.");
            }
        }
    }

    /// <summary>Old names of the columns that stay, in the new order.</summary>
    IEnumerable<string> Kept(Schema input) => options.Keep.Count > 0
        ? options.Keep.Where(input.Has).Distinct(StringComparer.Ordinal)
        : input.Select(f => f.Name).Where(name => !options.Drop.Contains(name, StringComparer.Ordinal));

    string NewName(string name) => options.Rename.GetValueOrDefault(name, name);

    public override IReadOnlySet<string>? Needs(Schema input, IReadOnlySet<string> wanted) => StepEffects.Names(wanted.Select(name => oldNames.GetValueOrDefault(name, name)));

    public override StepEffects? Effects(Schema input)
    {
        var stays = StepEffects.Names(Kept(input));
        return new()
        {
            Reads = StepEffects.Names([]),
            Writes = StepEffects.Names(input.Select(f => f.Name).Where(name => !stays.Contains(name)).Concat(options.Rename.Keys).Concat(options.Rename.Values)),
            KeepsRows = true,
            Silent = true,
            Cost = 0,
        };
    }

    public override Batch Apply(Batch batch, Fitted fitted, Verdicts verdicts)
    {
        var kept = Kept(batch.Schema).ToList();
        return new Batch(new Schema(kept.Select(name => batch.Schema[name] with { Name = NewName(name) })), kept.Select(name => batch[name]), batch.Rows, batch.Origin);
    }
}
