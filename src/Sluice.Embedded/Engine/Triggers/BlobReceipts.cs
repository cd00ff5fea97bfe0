using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sluice.Embedded;

/// <summary>How far a blob has come.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<BlobOutcome>))]
enum BlobOutcome
{
    Started,
    Done,
    Poisoned,
}

sealed record BlobReceipt(string Name, long Size, long Ticks, string ETag, BlobOutcome Outcome, int Attempt);

/// <summary>
/// What became of each blob, one line of JSON per event, so that a restart runs nothing again. The last line of a name counts;
/// attempts are written before they begin, so a blob that ends the process is poison after as many starts as a failing one.
/// </summary>
sealed class BlobReceipts : IDisposable
{
    readonly Dictionary<string, BlobReceipt> last = new(StringComparer.Ordinal);
    readonly FileStream file;
    readonly Lock gate = new();

    internal BlobReceipts(string path)
    {
        var whole = Read(path, out var lines);
        if (lines > 2 * last.Count || !whole)
        {
            StoreFile.Replace(path, Encoding.UTF8.GetBytes(string.Concat(last.Values.Select(Line))));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
    }

    /// <summary>Whether this version of the blob needs no more calls, judged without reading it.</summary>
    internal bool IsDone(string name, FileState state)
    {
        lock (gate)
        {
            return last.TryGetValue(name, out var receipt) && receipt.Outcome != BlobOutcome.Started
                && receipt.Size == state.Size && receipt.Ticks == state.LastWriteUtc.Ticks && (state.ETag is null || state.ETag == receipt.ETag);
        }
    }

    internal int Attempts(string name, string etag)
    {
        lock (gate)
        {
            return last.TryGetValue(name, out var receipt) && receipt.ETag == etag ? receipt.Attempt : 0;
        }
    }

    internal void Write(BlobReceipt receipt)
    {
        lock (gate)
        {
            last[receipt.Name] = receipt;
            file.Write(Encoding.UTF8.GetBytes(Line(receipt)));
            file.Flush(flushToDisk: receipt.Outcome != BlobOutcome.Started);
        }
    }

    public void Dispose() => file.Dispose();

    static string Line(BlobReceipt receipt) => JsonSerializer.Serialize(receipt) + "\n";

    // False when the end of the process tore the last line; what it said is done again.
    bool Read(string path, out int lines)
    {
        lines = 0;
        if (!File.Exists(path))
        {
            return true;
        }

        foreach (var line in File.ReadLines(path))
        {
            lines++;
            try
            {
                var receipt = JsonSerializer.Deserialize<BlobReceipt>(line)!;
                last[receipt.Name] = receipt;
            }
            catch (JsonException)
            {
                return false;
            }
        }

        return true;
    }
}
