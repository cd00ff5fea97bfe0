using Sluice.Steps;

namespace Sluice.Privacy;

/// <summary>What was found, without a single value of it.</summary>
/// <param name="Columns">Columns that were looked at, in ordinal order.</param>
/// <param name="KeyCheck">Tells which key was used, without telling the key; null without one.</param>
public sealed record PiiReport(IReadOnlyList<PiiColumn> Columns, string? KeyCheck);

/// <summary>Personal data of one column.</summary>
/// <param name="Column">Its name.</param>
/// <param name="Cells">Cells that are not missing.</param>
/// <param name="Entity">The kind that the column as a whole holds; null when it holds none or several.</param>
/// <param name="Sensitivity"><c>restricted</c>, <c>confidential</c>, <c>personal</c> or <c>none</c>: by the most sensitive kind found.</param>
/// <param name="Found">Cells in which each kind was found.</param>
public sealed record PiiColumn(string Column, long Cells, string? Entity, string Sensitivity, IReadOnlyDictionary<string, long> Found);

/// <summary>Mergeable counts of one column.</summary>
sealed class PiiColumnState : State
{
    // From this share of the cells on, a kind is what the column holds.
    const double ColumnShare = 0.8;
    const int LeastCells = 5;

    readonly SortedDictionary<string, long> found = new(StringComparer.Ordinal), possible = new(StringComparer.Ordinal);

    public long Cells { get; private set; }

    public void Add(IReadOnlyCollection<string> sure, IReadOnlyCollection<string> maybe)
    {
        Cells++;
        foreach (var entity in sure)
        {
            found[entity] = found.GetValueOrDefault(entity) + 1;
        }

        foreach (var entity in maybe)
        {
            possible[entity] = possible.GetValueOrDefault(entity) + 1;
        }
    }

    public PiiColumn Report(string column)
    {
        var most = possible.OrderByDescending(p => p.Value).ThenBy(p => p.Key, StringComparer.Ordinal).FirstOrDefault();
        var entity = Cells >= LeastCells && most.Value >= Cells * ColumnShare ? most.Key : null;
        var kinds = found.Keys.Concat(entity is null ? [] : [entity]);
        return new PiiColumn(column, Cells, entity, Sensitivity.Of(kinds), new SortedDictionary<string, long>(found, StringComparer.Ordinal));
    }

    public override void Merge(State other)
    {
        var theirs = (PiiColumnState)other;
        Cells += theirs.Cells;
        Add(found, theirs.found);
        Add(possible, theirs.possible);
    }

    public override void Write(BinaryWriter writer)
    {
        writer.Write(Cells);
        foreach (var counts in new[] { found, possible })
        {
            writer.Write7BitEncodedInt(counts.Count);
            foreach (var (entity, cells) in counts)
            {
                writer.Write(entity);
                writer.Write(cells);
            }
        }
    }

    public override void Read(BinaryReader reader)
    {
        Cells = reader.ReadInt64();
        foreach (var counts in new[] { found, possible })
        {
            for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            {
                counts[reader.ReadString()] = reader.ReadInt64();
            }
        }
    }

    static void Add(SortedDictionary<string, long> into, SortedDictionary<string, long> more)
    {
        foreach (var (entity, cells) in more)
        {
            into[entity] = into.GetValueOrDefault(entity) + cells;
        }
    }
}

/// <summary>How much harm a kind can do in wrong hands.</summary>
static class Sensitivity
{
    static readonly string[] restricted = ["credit_card", "secret_token", "medical_record_number", "health_plan_number", "iban", "us_bank_number", "crypto", Biometrics.Photo, Biometrics.Template];
    static readonly string[] personal = ["date", "url", "location", "organization", "ip_address", "mac", "us_zip_code", "de_plz", "aba_routing", "swift_bic", Biometrics.Image];

    public static string Of(IEnumerable<string> entities)
    {
        var level = 0;
        foreach (var entity in entities)
        {
            level = Math.Max(level, Level(entity));
        }

        return level switch { 3 => "restricted", 2 => "confidential", 1 => "personal", _ => "none" };
    }

    // Identifiers that a state gives out open doors; a name or an address says who.
    static int Level(string entity) => restricted.Contains(entity) || entity.Contains("passport", StringComparison.Ordinal) || IsNationalId(entity) ? 3
        : personal.Contains(entity) ? 1 : 2;

    static bool IsNationalId(string entity) => entity == "ssn" || Recogniser.All.Any(r => r.Entity == entity && r.Country is not null
        && !entity.Contains("postcode", StringComparison.Ordinal) && !entity.Contains("zip", StringComparison.Ordinal) && !entity.Contains("plate", StringComparison.Ordinal));
}
