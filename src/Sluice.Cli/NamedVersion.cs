using System.CommandLine;
using Sluice.Connectors;

namespace Sluice.Cli;

/// <summary>A version where a file could stand as well: <c>DATASET@VERSION</c>.</summary>
static class NamedVersion
{
    /// <summary>A file may have an @ in its name; a version is none that exists as a file.</summary>
    public static bool Is(string name) => name.Contains('@', StringComparison.Ordinal) && !File.Exists(name) && !Directory.Exists(name);

    /// <summary>Its parts: an id, its start, a number or <c>latest</c>, which a dataset's name alone means too.</summary>
    public static (string Dataset, string Version) Parse(string name) =>
        name.IndexOf('@', StringComparison.Ordinal) is var at && at < 0 ? (name, "latest") : (name[..at], name[(at + 1)..]);

    /// <summary>Opens its rows for as long as they are used.</summary>
    public static async Task<T> ReadAsync<T>(ParseResult parsed, string name, Func<DatasetRows, Task<T>> use, CancellationToken cancellation)
    {
        try
        {
            await using var store = OpenedStore.Of(parsed);
            return await use((await store.OpenRowsAsync(name, parsed.CommandResult.Command.Name, cancellation)).Rows);
        }
        catch (DataException error)
        {
            throw new PipelineException($"'{name}' is no file, and as a version it cannot be read: {error.Message}", null);
        }
    }
}
