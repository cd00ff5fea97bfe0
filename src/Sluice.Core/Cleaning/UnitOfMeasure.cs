using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Sluice.Cleaning;

/// <summary>Amounts with a unit, as text: <c>1.5 kg</c>, <c>1500g</c>. Factors are those of the SI and of the international yard and pound (1959).</summary>
static class UnitOfMeasure
{
    // Kind, factor to its base unit, zero of the scale in base units.
    static readonly Dictionary<string, (string Kind, double Factor, double Zero)> units = new(StringComparer.OrdinalIgnoreCase)
    {
        ["mg"] = ("mass", 1e-6, 0),
        ["g"] = ("mass", 1e-3, 0),
        ["kg"] = ("mass", 1, 0),
        ["t"] = ("mass", 1000, 0),
        ["oz"] = ("mass", 0.028349523125, 0),
        ["lb"] = ("mass", 0.45359237, 0),
        ["lbs"] = ("mass", 0.45359237, 0),
        ["mm"] = ("length", 1e-3, 0),
        ["cm"] = ("length", 1e-2, 0),
        ["m"] = ("length", 1, 0),
        ["km"] = ("length", 1000, 0),
        ["in"] = ("length", 0.0254, 0),
        ["ft"] = ("length", 0.3048, 0),
        ["yd"] = ("length", 0.9144, 0),
        ["mi"] = ("length", 1609.344, 0),
        ["ml"] = ("volume", 1e-3, 0),
        ["cl"] = ("volume", 1e-2, 0),
        ["l"] = ("volume", 1, 0),
        ["ms"] = ("time", 1e-3, 0),
        ["s"] = ("time", 1, 0),
        ["min"] = ("time", 60, 0),
        ["h"] = ("time", 3600, 0),
        ["d"] = ("time", 86400, 0),
        ["°c"] = ("temperature", 1, 273.15),
        ["°f"] = ("temperature", 5.0 / 9, 459.67 * 5 / 9),
        ["k"] = ("temperature", 1, 0),
    };

    public static IEnumerable<string> Names => units.Keys;

    public static bool IsKnown(string unit) => units.ContainsKey(unit);

    /// <summary>Writes the amount in the wanted unit and gives its length; 0 when it is none, or of another kind.</summary>
    public static int Standardize(ReadOnlySpan<byte> value, string wanted, Span<byte> result)
    {
        value = Utf8Text.Trim(value);
        if (value.Length > 64 || !Utf8Parser.TryParse(value, out double amount, out var used) || !double.IsFinite(amount))
        {
            return 0;
        }

        var name = Encoding.UTF8.GetString(Utf8Text.Trim(value[used..]).TrimEnd((byte)'.'));
        if (!units.TryGetValue(name, out var from) || from.Kind != units[wanted].Kind)
        {
            return 0;
        }

        var to = units[wanted];
        var converted = name.Equals(wanted, StringComparison.OrdinalIgnoreCase) ? amount : ((amount * from.Factor) + from.Zero - to.Zero) / to.Factor;

        // 12 digits: what the factors are exact to, and no 0.30000000000000004.
        return Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{converted:G12} {wanted}"), result);
    }
}
