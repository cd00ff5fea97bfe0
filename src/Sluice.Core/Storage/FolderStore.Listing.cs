using System.Runtime.CompilerServices;

namespace Sluice.Storage;

/// <content>Listing: one folder's names are in memory at a time, so that the order is that of the whole paths.</content>
public sealed partial class FolderStore
{
    public override async IAsyncEnumerable<ObjectInfo> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        StorePath.CheckPrefix(prefix);
        cancellation.ThrowIfCancellationRequested();

        // Folders above the prefix's last one hold nothing of interest: start there.
        var parent = prefix[..(prefix.LastIndexOf('/') + 1)];
        var pending = new Stack<Queue<Entry>>();
        pending.Push(Entries(parent.Length == 0 ? objects : Locate(parent[..^1]), parent, prefix));
        while (pending.TryPeek(out var entries))
        {
            cancellation.ThrowIfCancellationRequested();
            if (!entries.TryDequeue(out var entry))
            {
                pending.Pop();
            }
            else if (entry.IsFolder)
            {
                pending.Push(Entries(entry.File.FullName, entry.Path, prefix));
            }
            else if (await Guard(() => entry.File.Exists ? Describe(entry.Path, entry.File) : null, cancellation) is { } found)
            {
                yield return found;
            }
        }
    }

    // A folder sorts by its name with the slash, as all paths below it do: "a-b" and "a.b" come before "a/b".
    // Names that no object can have (.DS_Store, an editor's "x~") are not objects and are left out.
    Queue<Entry> Entries(string folder, string parent, string prefix)
    {
        try
        {
            var entries = new List<Entry>();
            foreach (var found in new DirectoryInfo(folder).EnumerateFileSystemInfos())
            {
                var isFolder = found is DirectoryInfo;
                var path = parent + found.Name + (isFolder ? "/" : "");
                if (StorePath.IsSegment(found.Name) && path.Length <= StorePath.MaxLength
                    && (path.StartsWith(prefix, StringComparison.Ordinal) || (isFolder && prefix.StartsWith(path, StringComparison.Ordinal))))
                {
                    RefuseLink(found);
                    entries.Add(new Entry(path, isFolder, isFolder ? new FileInfo(found.FullName) : (FileInfo)found));
                }
            }

            entries.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path));
            return new Queue<Entry>(entries);
        }
        catch (Exception e) when (e is DirectoryNotFoundException || File.Exists(folder))
        {
            // Nothing was published there, or another process deleted the last object since the folder above was read.
            return [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw StoreException.From(Location, e);
        }
    }

    readonly record struct Entry(string Path, bool IsFolder, FileInfo File);
}
