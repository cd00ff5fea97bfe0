using Sluice.Core.Tests.Steps;
using Sluice.Selection;
using Sluice.Steps;
using Sluice.VectorSpace;

namespace Sluice.Core.Tests.Selection;

public abstract class SelectRowsContract(SelectBy method, bool isText = false) : StepContract
{
    internal static readonly VectorSource Numbers = new() { Columns = ["count", "price", "day"] };
    internal static readonly VectorSource Text = new() { Text = "name", Model = "hashing-64" };

    protected override Step Create() => new SelectRows(new() { Features = isText ? Text : Numbers, Method = method, Count = 25, StratifyBy = ["flag"], RankColumn = "rank" });

    protected override (Step Step, string Path)? WithUnknownColumn =>
        (new SelectRows(new() { Features = new() { Columns = ["price", "nowhere"] }, Count = 1 }), "features.columns[1]");
}

public sealed class KCenterContractTests() : SelectRowsContract(SelectBy.KCenter);

public sealed class TextContractTests() : SelectRowsContract(SelectBy.KCenter, isText: true);

public sealed class KernelPointsContractTests() : SelectRowsContract(SelectBy.KernelPoints);

public sealed class FacilityLocationContractTests() : SelectRowsContract(SelectBy.FacilityLocation);

public sealed class ZCoreContractTests() : SelectRowsContract(SelectBy.Zcore);

public sealed class TypicalityContractTests() : SelectRowsContract(SelectBy.Typicality);

public sealed class UniquenessContractTests() : SelectRowsContract(SelectBy.Uniqueness);

public sealed class ClosestContractTests() : SelectRowsContract(SelectBy.Closest);

public sealed class FarthestContractTests() : SelectRowsContract(SelectBy.Farthest);
