using Sluice.Native;

namespace Sluice.Connectors;

/// <summary>
/// What sinks that write files have in common: where the file may be, one file per value of a column, a temporary name first and the final
/// name at the end. Each file appears whole or not at all; with <c>split_by</c>, one after another.
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

    public override string? Check(string folder) => Target(Path.GetFullPath(folder)) is var target && splitBy is null ? target : TargetOf(target, "value");

    public override Task<IReadOnlyList<string>> WriteAsync(DatasetRows rows, string folder, CancellationToken cancellation) =>
        Task.Run(() => WriteCoreAsync(rows, Path.GetFullPath(folder), cancellation), cancellation);

    /// <summary>Starts a file, which is there and empty. Its bytes may depend on the rows and their order, never on how they are batched.</summary>
    private protected abstract RowFile Create(string file, Schema schema);

    async Task<IReadOnlyList<string>> WriteCoreAsync(DatasetRows rows, string folder, CancellationToken cancellation)
    {
        var target = Target(folder);
        if (splitBy is not null && !rows.Schema.Has(splitBy))
        {
            throw new SinkException($"Column '{splitBy}' of split_by does not exist. It has: {rows.Schema.Names}.");
        }

        var parts = new SortedDictionary<string, Part>(StringComparer.OrdinalIgnoreCase);
        try
        {
            var beside = Path.GetDirectoryName(target)!;
            Directory.CreateDirectory(beside);
            TemporaryFile.RemoveAbandoned(beside, Path.GetFileNameWithoutExtension(target));
            if (splitBy is null)
            {
                parts.Add("", Start(target, rows.Schema));
            }

            await foreach (var batch in rows.ReadAsync(cancellation).WithCancellation(cancellation))
            {
                foreach (var (value, some) in Parts(batch))
                {
                    PartOf(parts, value, target, rows.Schema).File.Write(some, cancellation);
                }
            }

            foreach (var part in parts.Values)
            {
                part.File.Finish(cancellation);
            }

            cancellation.ThrowIfCancellationRequested();
            return [.. parts.Values.Select(part => Publish(part, folder))];
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException or DuckDbException)
        {
            throw Unwritable(target, cause);
        }
        finally
        {
            foreach (var part in parts.Values)
            {
                part.File.Dispose();
                part.Temporary.Dispose();
            }
        }
    }

    string Target(string folder)
    {
        if (string.IsNullOrWhiteSpace(filePath) || filePath.Contains('\0') || Path.EndsInDirectorySeparator(filePath))
        {
            throw new SinkException($"The output \"{filePath.Replace("\0", "\\0", StringComparison.Ordinal)}\" is not a file. Expected a name such as \"out/rows.csv\". Set file_path.");
        }

        var target = Path.GetFullPath(filePath, folder);
        if (!RealPath.IsBeneath(RealPath.Of(target), RealPath.Of(folder)))
        {
            throw new SinkException(
                $"The output \"{filePath}\" may not be written: it leads outside \"{folder}\". Expected a path inside that folder. "
                + "Change file_path, or start the run with another output folder.");
        }

        return Directory.Exists(target)
            ? throw new SinkException($"The output \"{filePath}\" is a folder; expected a file. Add a file name to file_path.")
            : target;
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

    Part PartOf(SortedDictionary<string, Part> parts, string value, string target, Schema schema)
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

        part = Start(TargetOf(target, value), schema) with { Value = value };
        parts.Add(value, part);
        return part;
    }

    static string TargetOf(string target, string value) =>
        Path.Combine(Path.GetDirectoryName(target)!, $"{Path.GetFileNameWithoutExtension(target)}-{value}{Path.GetExtension(target)}");

    Part Start(string target, Schema schema)
    {
        var temporary = new TemporaryFile(target);
        try
        {
            return new Part("", target, temporary, Create(temporary.Name, schema));
        }
        catch
        {
            temporary.Dispose();
            throw;
        }
    }

    string Publish(Part part, string folder)
    {
        part.File.Dispose();
        var shown = Path.GetRelativePath(folder, part.Target).Replace(Path.DirectorySeparatorChar, '/');
        if (overwrite)
        {
            File.Move(part.Temporary.Name, part.Target, overwrite: true);
        }
        else if (!File.Exists(part.Target))
        {
            File.Move(part.Temporary.Name, part.Target, overwrite: false);
        }
        else if (!SameBytes(part.Temporary.Name, part.Target))
        {
            throw new SinkException(
                $"The output \"{shown}\" exists already with other content, and overwrite is false. Delete or rename it, change file_path, or set overwrite to true.");
        }

        return shown;
    }

    SinkException Unwritable(string target, Exception cause) => new(
        StoreException.IsDiskFull(cause) || cause.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase)
            ? $"The disk is full: the output \"{filePath}\" cannot be written in \"{Path.GetDirectoryName(target)}\". No part of it was left. Free some space there or change file_path, and run again."
            : cause is UnauthorizedAccessException || cause.Message.Contains("Permission denied", StringComparison.OrdinalIgnoreCase)
            ? $"The output \"{filePath}\" cannot be written: permission denied in \"{Path.GetDirectoryName(target)}\". Give this user write permission there, or change file_path."
            : $"The output \"{filePath}\" cannot be written: {cause.Message} Check that \"{Path.GetDirectoryName(target)}\" is a writable folder, or change file_path.",
        cause);

    /// <summary>So that a second delivery of the same work is not refused because of the first.</summary>
    static bool SameBytes(string left, string right)
    {
        using var one = File.OpenRead(left);
        using var two = File.OpenRead(right);
        if (one.Length != two.Length)
        {
            return false;
        }

        var first = new byte[1 << 16];
        var second = new byte[1 << 16];
        for (int read; (read = one.ReadAtLeast(first, first.Length, throwOnEndOfStream: false)) > 0;)
        {
            if (two.ReadAtLeast(second.AsSpan(0, read), read, throwOnEndOfStream: false) != read || !first.AsSpan(0, read).SequenceEqual(second.AsSpan(0, read)))
            {
                return false;
            }
        }

        return true;
    }

    static bool IsName(string value) =>
        value.Length is > 0 and <= MaxValueLength && value[0] is not ('.' or '-') && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    static string Shorten(string value) => value.Length <= 80 ? value : value[..77] + "...";

    sealed record Part(string Value, string Target, TemporaryFile Temporary, RowFile File);
}

/// <summary>A file being written, batch by batch.</summary>
abstract class RowFile : IDisposable
{
    public abstract void Write(Batch rows, CancellationToken cancellation);

    /// <summary>Writes what is left. Called once, after the last batch.</summary>
    public abstract void Finish(CancellationToken cancellation);

    public abstract void Dispose();
}
