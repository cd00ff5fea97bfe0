using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Sluice.Storage;

namespace Sluice.Connectors;

/// <summary>
/// Sources over files that are cut by byte ranges. Small files of a folder are put together, in order, so that many of them are one
/// shard; such a shard's <see cref="Shard.Detail"/> is the list of its parts, each a shard of one file.
/// </summary>
public abstract partial class TextFileSource : Source
{
    /// <summary>Files that one shard may be made of: the list of them travels in its detail.</summary>
    const int MaxFilesInShard = 1000;

    internal static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Name of a column that each row's file goes to, or null.</summary>
    protected abstract string? PathColumn { get; }

    /// <summary>How much larger than itself a compressed file may become.</summary>
    protected abstract int UnpackRatio { get; }

    /// <summary>What the files are, for messages: <c>CSV</c>.</summary>
    protected abstract string FormatName { get; }

    public abstract override string FilePath { get; }

    public override async IAsyncEnumerable<Shard> ListShardsAsync(InputFiles inputs, ShardCut cut, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var files = await inputs.ListAsync(FilePath, cancellation);
        if (files.Count == 0)
        {
            throw NoFile();
        }

        var any = false;
        var group = new List<Shard>();
        foreach (var file in files)
        {
            cancellation.ThrowIfCancellationRequested();
            using var local = await OpenAsync(inputs, file.Path, cancellation);
            var small = files.Count > 1 && new FileInfo(local.Path).Length < cut.MinBytes;
            if (!small && group.Count > 0)
            {
                yield return Group(group);
                group.Clear();
            }

            foreach (var part in Guard(file.Path, Cut(file, local.Path, files.Count == 1, cut, cancellation)))
            {
                any = true;
                if (!small)
                {
                    yield return part;
                    continue;
                }

                group.Add(part);
                if (Ends(group, cut))
                {
                    yield return Group(group);
                    group.Clear();
                }
            }
        }

        if (group.Count > 0)
        {
            yield return Group(group);
        }

        if (!any)
        {
            throw new SourceException($"None of the {files.Count:N0} files of \"{FilePath}\" has a record in it. Expected at least one. Check file_path.");
        }
    }

    /// <summary>Path of the first file.</summary>
    protected async Task<string> FirstAsync(InputFiles inputs, CancellationToken cancellation) =>
        await inputs.ListAsync(FilePath, cancellation) is [var first, ..] ? first.Path : throw NoFile();

    SourceException NoFile() =>
        new($"The input \"{FilePath}\" means no file. Expected at least one {FormatName} file. Check file_path, or put the files there.");

    /// <summary>Cuts one file, in order, with bounded memory.</summary>
    internal abstract IEnumerable<Shard> Cut(InputFile file, string localPath, bool alone, ShardCut cut, CancellationToken cancellation);

    /// <summary>Parses the bytes of one part, followed by <see cref="TextScan.Padding"/> more. Nothing of the array may be kept.</summary>
    internal abstract Batch Parse(
        Shard part, string localPath, byte[] bytes, int length, Schema? schema, List<RejectedRecord> rejected, CancellationToken cancellation);

    static bool Ends(List<Shard> group, ShardCut cut)
    {
        var bytes = group.Sum(p => p.Length);
        return group.Count >= MaxFilesInShard
            || group.Sum(p => (long)p.Records) >= cut.MaxRecords
            || cut.EndsAfter(bytes, bytes / group.Count, RowHash.Bytes(Encoding.ASCII.GetBytes(group[^1].Sha256)));
    }

    static Shard Group(List<Shard> parts)
    {
        if (parts.Count == 1)
        {
            return parts[0];
        }

        var hashes = Encoding.ASCII.GetBytes(string.Join('\n', parts.Select(p => p.Sha256)));
        return new Shard(
            parts[0].File,
            0,
            parts.Sum(p => p.Length),
            Convert.ToHexStringLower(SHA256.HashData(hashes)),
            1,
            parts.Sum(p => p.Records),
            JsonSerializer.Serialize(parts, Json));
    }

    /// <summary>What the file holds; a compressed one is unpacked.</summary>
    internal async Task<LocalFile> OpenAsync(InputFiles inputs, string path, CancellationToken cancellation)
    {
        try
        {
            var local = await inputs.OpenAsync(path, cancellation);
            return await Task.Run(() => UnpackedFiles.Open(local, path, UnpackRatio, cancellation), cancellation);
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, cause);
        }
    }

    static IEnumerable<Shard> Guard(string path, IEnumerable<Shard> parts)
    {
        using var each = parts.GetEnumerator();
        while (Next(path, each))
        {
            yield return each.Current;
        }
    }

    static bool Next(string path, IEnumerator<Shard> parts)
    {
        try
        {
            return parts.MoveNext();
        }
        catch (Exception cause) when (cause is IOException or UnauthorizedAccessException)
        {
            throw Unreadable(path, cause);
        }
    }

    internal static SourceException Unreadable(string path, Exception cause) => new(
        cause switch
        {
            FileNotFoundException or DirectoryNotFoundException => $"The file \"{path}\" does not exist. Check file_path, or put the file there.",
            UnauthorizedAccessException => $"The file \"{path}\" cannot be read: permission denied. Give this user read permission for it.",
            _ => $"The file \"{path}\" cannot be read: {cause.Message} Check that its disk is mounted and healthy, and run again.",
        },
        cause);

    internal static SourceException Empty(string path, string expected) =>
        new($"The file \"{path}\" is empty. Expected {expected}. Check that it was written completely, or take it out of file_path.");
}
