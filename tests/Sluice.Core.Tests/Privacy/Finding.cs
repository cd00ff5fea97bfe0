using System.Text;
using Sluice.Privacy;

namespace Sluice.Core.Tests.Privacy;

/// <summary>Scans one cell.</summary>
static class Finding
{
    public static List<(string Entity, string Value, double Confidence)> In(string text, PiiScope? scope = null, string column = "")
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var spans = new List<PiiSpan>();
        new PiiScanner(scope ?? PiiScope.Default).Scan(bytes, new ColumnContext(column), spans);
        return [.. spans.Select(s => (s.Entity, Encoding.UTF8.GetString(bytes.AsSpan(s.Start, s.Length)), s.Confidence))];
    }

    public static PiiScope Only(string entity) => new() { MinConfidence = 0, Entities = new HashSet<string> { entity } };
}
