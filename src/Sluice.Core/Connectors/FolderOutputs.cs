namespace Sluice.Connectors;

/// <summary>Outputs in a local folder. Wherever links lead, nothing outside of it is written.</summary>
public sealed class FolderOutputs(string folder) : OutputFiles
{
    readonly string folder = Path.GetFullPath(folder);

    public override string Place(string path)
    {
        if (string.IsNullOrWhiteSpace(path) || path.Contains('\0') || Path.EndsInDirectorySeparator(path))
        {
            throw NotAFile(path);
        }

        var target = Path.GetFullPath(path, folder);
        if (!RealPath.IsBeneath(RealPath.Of(target), RealPath.Of(folder)))
        {
            throw Outside(path, folder);
        }

        return Directory.Exists(target)
            ? throw new SinkException($"The output \"{path}\" is a folder; expected a file. Add a file name to file_path.")
            : Path.GetRelativePath(folder, target).Replace(Path.DirectorySeparatorChar, '/');
    }

    public override string LocalPath(string path) => Path.GetFullPath(path, folder);

    public override string FolderOf(string path) => Path.GetDirectoryName(LocalPath(path))!;

    public override void Prepare(string path)
    {
        Directory.CreateDirectory(FolderOf(path));
        TemporaryFile.RemoveAbandoned(FolderOf(path), Path.GetFileNameWithoutExtension(path));
    }

    public override OutputFile Start(string path) => new Output(path, LocalPath(path));

    public override Task<long?> BytesAsync(string path, CancellationToken cancellation) =>
        Task.FromResult(new FileInfo(LocalPath(path)) is { Exists: true } there ? there.Length : (long?)null);

    sealed class Output(string path, string target) : OutputFile
    {
        readonly TemporaryFile temporary = new(target);

        public override string Scratch => temporary.Name;

        public override Task PublishAsync(bool overwrite, CancellationToken cancellation)
        {
            if (overwrite)
            {
                File.Move(temporary.Name, target, overwrite: true);
            }
            else if (!File.Exists(target))
            {
                File.Move(temporary.Name, target, overwrite: false);
            }
            else if (!SameBytes(temporary.Name, target))
            {
                throw Taken(path);
            }

            return Task.CompletedTask;
        }

        public override void Dispose() => temporary.Dispose();

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
    }
}
