using Sluice.Cleaning;
using Sluice.Steps;

namespace Sluice.Quality;

/// <summary>No key twice. Every row but the first of a key fails; rows without a whole key are not judged.</summary>
sealed class UniqueRule(BusinessRule rule) : RuleCheck(rule)
{
    readonly string[] key = rule.Column is null ? [.. rule.Columns!] : [rule.Column];

    protected override string Reason => "not_unique";

    public override bool IsKeyed => true;

    public override RowKey[] Keys(Batch batch, ulong family) => key.All(batch.Schema.Has) ? KeyColumns.Of(batch, key, family) : new RowKey[batch.Rows];

    public override object Decide(KeyedRows rows, Action<KeyedRow> mark) => RepeatedKeys.Mark(rows, mark);

    public override CheckFit Fit(Seen seen) => seen.Decided is RepeatedKeys found ? Result(found.Repeated, found.Judged, "rows") : Result(0, 0, "rows");

    public override void Apply(Judged judged) => judged.FailMarked(Reason, Rule.Column, Severity, judged.Rejects);
}
