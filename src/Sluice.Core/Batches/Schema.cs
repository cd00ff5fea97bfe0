using System.Collections;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Batches;

/// <summary>One column of a schema.</summary>
/// <param name="Name">Column name, unique in the schema, compared ordinally.</param>
/// <param name="Type">Physical type.</param>
/// <param name="Nullable">Whether a missing value was seen.</param>
/// <param name="Format">What the text looked like where that matters, for example <c>YYYY-MM-DD</c>, <c>json</c> or <c>mixed</c>.</param>
public sealed record Field(
    string Name,
    ColumnType Type,
    bool Nullable = true,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Format = null);

/// <summary>The columns of a batch, in order. Immutable; equal when all fields are equal.</summary>
public sealed class Schema : IReadOnlyList<Field>, IEquatable<Schema>
{
    readonly Field[] fields;
    readonly Dictionary<string, int> byName;

    [JsonConstructor]
    public Schema(IEnumerable<Field> fields)
    {
        this.fields = [.. fields];
        byName = new Dictionary<string, int>(this.fields.Length, StringComparer.Ordinal);
        for (var i = 0; i < this.fields.Length; i++)
        {
            if (!byName.TryAdd(this.fields[i].Name, i))
            {
                throw new DataException($"Column '{this.fields[i].Name}' appears twice in a schema. Column names must be unique: rename one.");
            }
        }
    }

    public int Count => fields.Length;

    public Field this[int index] => fields[index];

    public Field this[string name] => fields[IndexOf(name) is var i && i >= 0 ? i : throw Missing(name)];

    /// <summary>Position of a column, or -1.</summary>
    public int IndexOf(string name) => byName.GetValueOrDefault(name, -1);

    public bool Has(string name) => byName.ContainsKey(name);

    /// <summary>Names in order, for messages.</summary>
    public string Names => string.Join(", ", fields.Select(f => f.Name));

    public Schema With(Field field) => Has(field.Name)
        ? new Schema(fields.Select(f => f.Name == field.Name ? field : f))
        : new Schema(fields.Append(field));

    public Schema Select(IReadOnlySet<string> names) => new(fields.Where(f => names.Contains(f.Name)));

    /// <summary>A short name of this schema by its content.</summary>
    public string Id() => Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(fields)).AsSpan(0, 8));

    public DataException Missing(string name) => new($"Column '{name}' does not exist. It has: {Names}.");

    public bool Equals(Schema? other) => other is not null && fields.AsSpan().SequenceEqual(other.fields);

    public override bool Equals(object? obj) => Equals(obj as Schema);

    public override int GetHashCode() => fields.Aggregate(17, HashCode.Combine);

    public IEnumerator<Field> GetEnumerator() => ((IEnumerable<Field>)fields).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
