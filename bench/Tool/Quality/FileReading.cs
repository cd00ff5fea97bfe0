using Sluice.Batches;
using Sluice.Connectors;

namespace Sluice.Bench.Quality;

/// <summary>A source over one file, by default limits.</summary>
static class FileReading
{
    /// <summary>True: read whole. False: refused with a clear error, or with records rejected. Null: something else went wrong.</summary>
    public static bool? Accepts(Source source, string file)
    {
        try
        {
            return Read(source, file).Rejected == 0;
        }
        catch (SourceException)
        {
            return false;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            Console.Error.WriteLine($"{file}: {fault.GetType().Name}: {fault.Message}");
            return null;
        }
    }

    /// <summary>Batches of all parts, each with the types of its own rows.</summary>
    public static (List<Batch> Batches, int Rejected) Read(Source source, string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        return ReadAsync(source, new FolderInputs([folder], folder)).GetAwaiter().GetResult();
    }

    static async Task<(List<Batch> Batches, int Rejected)> ReadAsync(Source source, FolderInputs inputs)
    {
        var batches = new List<Batch>();
        var rejected = 0;
        await foreach (var shard in source.ListShardsAsync(inputs, new ShardCut(), default))
        {
            var rows = await source.ReadAsync(inputs, shard, null, default);
            batches.Add(rows.Batch);
            rejected += rows.Rejected.Count;
        }

        return (batches, rejected);
    }
}
