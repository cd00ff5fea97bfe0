using Sluice.Storage;

namespace Sluice.Connectors;

/// <summary>
/// Compressed inputs as plain local files: parts of a file are read by position, by several units at once. A file is unpacked once in a process and
/// shared; what nobody has used for longest is deleted first, and all of it when the process ends. What a killed process left, the next one removes.
/// </summary>
static class UnpackedFiles
{
    /// <summary>Unpacked files that are kept while nobody reads them: a unit opens its file again and again.</summary>
    const int MaxIdle = 4;

    /// <summary>Below this size no ratio is too large: a few bytes of zeros compress like a bomb.</summary>
    const long FreeBytes = 64 << 20;

    static readonly string folder = Path.Combine(Path.GetTempPath(), $"sluice-unpacked-{Environment.UserName}");
    static readonly Lock gate = new();
    static readonly Dictionary<(string Path, long Length, long Ticks), Entry> entries = [];
    static readonly LinkedList<Entry> idle = [];
    static bool prepared;

    /// <summary>The file itself where it is not compressed.</summary>
    /// <param name="packed">As the input gave it.</param>
    /// <param name="file">For messages.</param>
    /// <param name="maxRatio">Unpacked bytes there may be for each of the file's.</param>
    /// <param name="cancellation">Stops unpacking.</param>
    /// <exception cref="SourceException">Damaged, or larger than the ratio allows.</exception>
    public static LocalFile Open(LocalFile packed, string file, int maxRatio, CancellationToken cancellation)
    {
        var packing = Packings.Of(packed.Path);
        if (packing == Packing.None)
        {
            return packed;
        }

        using (packed)
        {
            var info = new FileInfo(packed.Path);
            var entry = Take((info.FullName, info.Length, info.LastWriteTimeUtc.Ticks));
            try
            {
                lock (entry)
                {
                    entry.File ??= Unpack(packed.Path, packing, file, maxRatio, cancellation);
                }

                return new LocalFile(entry.File.Name, () => Release(entry));
            }
            catch
            {
                Release(entry);
                throw;
            }
        }
    }

    static TemporaryFile Unpack(string path, Packing packing, string file, int maxRatio, CancellationToken cancellation)
    {
        Prepare();
        var packedBytes = new FileInfo(path).Length;
        var limit = Math.Max(FreeBytes, packedBytes * maxRatio);
        var target = new TemporaryFile(Path.Combine(folder, "input"));
        try
        {
            using var source = Packings.Open(path, packing);
            using var output = new FileStream(target.Name, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var buffer = new byte[1 << 18];
            for (var written = 0L; source.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) is var read and > 0;)
            {
                cancellation.ThrowIfCancellationRequested();
                written += read;
                if (written > limit)
                {
                    throw new SourceException(
                        $"The file \"{file}\" has {packedBytes:N0} bytes and unpacks to more than {limit:N0}, the limit where max_unpack_ratio is {maxRatio:N0}. Expected a table or text, "
                        + "not a file made to fill a disk. If it is what it should be, raise max_unpack_ratio.");
                }

                output.Write(buffer.AsSpan(0, read));
            }

            if (packing == Packing.Gzip)
            {
                GzipTrailer.Check(path, output);
            }

            return target;
        }
        catch (Exception cause)
        {
            target.Dispose();
            throw cause switch
            {
                InvalidDataException => new SourceException(
                    $"The file \"{file}\" is compressed ({packing}) and cannot be unpacked: {cause.Message.TrimEnd('.')}. Expected a whole file. Copy or download it again.", cause),
                EntryPointNotFoundException => new SourceException(
                    $"The file \"{file}\" is compressed with Zstandard, which cannot be unpacked on this platform. Expected plain text or gzip. Unpack it first.", cause),
                _ => cause,
            };
        }
    }

    static Entry Take((string Path, long Length, long Ticks) key)
    {
        lock (gate)
        {
            if (!entries.TryGetValue(key, out var entry))
            {
                entries.Add(key, entry = new Entry(key));
            }

            if (entry.Users++ == 0)
            {
                idle.Remove(entry);
            }

            return entry;
        }
    }

    static void Release(Entry entry)
    {
        lock (gate)
        {
            if (--entry.Users == 0)
            {
                idle.AddLast(entry);
            }

            while (idle.Count > MaxIdle)
            {
                var oldest = idle.First!.Value;
                idle.RemoveFirst();
                entries.Remove(oldest.Key);
                oldest.File?.Dispose();
            }
        }
    }

    static void Prepare()
    {
        lock (gate)
        {
            if (prepared)
            {
                return;
            }

            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(folder);
            }
            else
            {
                Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            TemporaryFile.RemoveAbandoned(folder, "input");
            AppDomain.CurrentDomain.ProcessExit += (_, _) => Clear();
            prepared = true;
        }
    }

    static void Clear()
    {
        lock (gate)
        {
            foreach (var entry in entries.Values)
            {
                entry.File?.Dispose();
            }
        }
    }

    sealed class Entry((string Path, long Length, long Ticks) key)
    {
        public (string Path, long Length, long Ticks) Key { get; } = key;

        public int Users { get; set; }

        public TemporaryFile? File { get; set; }
    }
}
