using Sluice.Native;

namespace Sluice.Connectors;

/// <summary>
/// What sinks that write files have in common: one file per value of a column, a temporary name first and the final name at the end. Each file appears whole or not at all; with <c>split_by</c>, one after another.
/// </summary>
public abstract class FileSink : Sink
{
    /// <summary>Files that <c>split_by</c> may make at most.</summary>
    internal const int MaxFiles = 1000;

    const int MaxValueLength = 64;

    readonly string filePath;
    readonly bool overwrite;
    readonly string? splitBy;

    private protected FileSink(string filePath, bool overwrite, string? splitBy)
    {
        this.filePath = filePath;
        this.overwrite = overwrite;
        this.splitBy = splitBy;
    }

    public override string? Check(OutputFiles outputs) => outputs.Place(filePath) is var path && splitBy is null ? path : PathOf(path, "value");

    public override bool Writes(OutputFiles outputs, string path)
    {
        if (splitBy is null)
        {
            return base.Writes(outputs, path);
        }

        const string value = "\0";
        return PathOf(outputs.Place(filePath), value).Split(value) is [var before, var after]
            && path.Length > before.Length + after.Length && path.StartsWith(before, StringComparison.Ordinal) && path.EndsWith(after, StringComparison.Ordinal);
    }

    public override Task<IReadOnlyList<string>> WriteAsync(DatasetRows rows, OutputFiles outputs, CancellationToken cancellation) =>
        Task.Run(() => WriteCoreAsync(rows, outputs, cancellation), cancellation);

    /// <summary>Starts a file, which is there and empty. Its bytes may depend on the rows and their order, never on how they are batched.</summary>
    private protected abstract RowFile Create(string file, Schema schema);

    async Task<IReadOnlyList<string>> WriteCoreAsync(DatasetRows rows, OutputFiles outputs, CancellationToken cancellation)
    {
        var path = outputs.Place(filePath);
        if (splitBy is not null && !rows.Schema.Has(splitBy))
        {
            throw new SinkException($"Column '{splitBy}' of split_by does not exist. It has: {rows.Schema.Names}.");
        }

        var parts = new SortedDictionary<string, Part>(StringComparer.OrdinalIgnoreCase);
        try
        {
            outputs.Prepare(path);
            if (splitBy is null)
            {
                parts.Add("", Start("", path, rows.Schema, outputs));
            }

            await foreach (var batch in rows.ReadAsync(cancellation).WithCancellation(cancellation))
            {
                foreach (var (value, some) in Parts(batch))
                {
                    PartOf(parts, value, path, rows.Schema, outputs).Rows.Write(some, cancellation);
                }
            }

            foreach (var part in parts.Values)
            {
                part.Rows.Finish(cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
            foreach (var part in parts.Values)
            {
                part.Rows.Dispose();
                await part.File.PublishAsync(overwrite, cancellation);
            }

            return [.. parts.Values.Select(part => part.Path)];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or DuckDbException)
        {
            throw Unwritable(outputs.FolderOf(path), cause);
        }
        finally
        {
            foreach (var part in parts.Values)
            {
                part.Rows.Dispose();
                part.File.Dispose();
            }
        }
    }

    IEnumerable<(string Value, Batch Rows)> Parts(Batch batch)
    {
        if (splitBy is null)
        {
            return [("", batch)];
        }

        var column = batch[splitBy];
        var rows = new Dictionary<string, List<int>>(StringComparer.Ordinal);
        for (var row = 0; row < batch.Rows; row++)
        {
            var value = column.Display(row);
            if (column.IsNull(row) || !IsName(value))
            {
                throw new SinkException(
                    $"Column '{splitBy}' of split_by cannot name a file: found {(column.IsNull(row) ? "a missing value" : $"'{Shorten(value)}'")}. "
                    + $"Expected 1 to {MaxValueLength} characters from A-Z a-z 0-9 . _ - not beginning with a dot or hyphen. Choose another column, or clean this one first.");
            }

            if (!rows.TryGetValue(value, out var positions))
            {
                rows.Add(value, positions = []);
            }

            positions.Add(row);
        }

        return rows.Select(part => (part.Key, batch.Take(part.Value.ToArray())));
    }

    Part PartOf(SortedDictionary<string, Part> parts, string value, string path, Schema schema, OutputFiles outputs)
    {
        if (parts.TryGetValue(value, out var part))
        {
            return part.Value == value ? part : throw new SinkException(
                $"Column '{splitBy}' of split_by has the values '{part.Value}' and '{value}', which many file systems take for one name. Standardise their case first.");
        }

        if (parts.Count == MaxFiles)
        {
            throw new SinkException($"Column '{splitBy}' of split_by has more than {MaxFiles} values, the limit: each makes a file. Choose another column.");
        }

        part = Start(value, PathOf(path, value), schema, outputs);
        parts.Add(value, part);
        return part;
    }

    static string PathOf(string path, string value)
    {
        var extension = Path.GetExtension(path);
        return $"{path[..^extension.Length]}-{value}{extension}";
    }

    Part Start(string value, string path, Schema schema, OutputFiles outputs)
    {
        var file = outputs.Start(path);
        try
        {
            return new Part(value, path, file, Create(file.Scratch, schema));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    SinkException Unwritable(string folder, Exception cause) => new(
        StoreException.IsDiskFull(cause) || cause.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
            ? $"The disk is full: the output \"{filePath}\" cannot be written in \"{folder}\". No part of it was left. Free some space there or change file_path, and run again."
            : cause is UnauthorizedAccessException || cause.Message.Contains("Permission denied", StringComparison.OrdinalIgnoreCase)
            ? $"The output \"{filePath}\" cannot be written: permission denied in \"{folder}\". Give this user write permission there, or change file_path."
            : $"The output \"{filePath}\" cannot be written: {cause.Message} Check that \"{folder}\" is a writable folder, or change file_path.",
        cause);

    static bool IsName(string value) =>
        value.Length is > 0 and <= MaxValueLength && value[0] is not ('.' or '-') && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    static string Shorten(string value) => value.Length <= 80 ? value : value[..77] + "...";

    sealed record Part(string Value, string Path, OutputFile File, RowFile Rows);
}

/// <summary>A file being written, batch by batch.</summary>
abstract class RowFile : IDisposable
{
    public abstract void Write(Batch rows, CancellationToken cancellation);

    /// <summary>Writes what is left. Called once, after the last batch.</summary>
    public abstract void Finish(CancellationToken cancellation);

    public abstract void Dispose();
}
