using System.Runtime.InteropServices;

namespace Sluice.Storage;

enum HardLinkResult
{
    Created,
    Exists,

    /// <summary>The target's folder is gone.</summary>
    Vanished,

    /// <summary>This file system has no hard links, or something else is wrong that an ordinary rename will tell.</summary>
    Refused,
}

/// <summary>
/// Publishing without overwriting, in one step of the file system. The runtime's own File.Move copies where
/// links fail, and a copy that is cut short is half an object.
/// </summary>
static partial class HardLink
{
    const int NotFound = 2;
    const int Exists = 17;
    const int WindowsPathNotFound = 3;
    const int WindowsFileExists = 80;
    const int WindowsAlreadyExists = 183;

    public static HardLinkResult Create(string file, string target)
    {
        if (OperatingSystem.IsWindows())
        {
            return CreateHardLink(target, file, 0) ? HardLinkResult.Created : Marshal.GetLastPInvokeError() switch
            {
                WindowsFileExists or WindowsAlreadyExists => HardLinkResult.Exists,
                WindowsPathNotFound => HardLinkResult.Vanished,
                _ => HardLinkResult.Refused,
            };
        }

        return Link(file, target) == 0 ? HardLinkResult.Created : Marshal.GetLastPInvokeError() switch
        {
            Exists => HardLinkResult.Exists,
            NotFound => HardLinkResult.Vanished,
            _ => HardLinkResult.Refused,
        };
    }

    /// <summary>
    /// Whether the file can be linked from where it is to where the folder is. Tried rather than asked: bind mounts share a device but not links.
    /// </summary>
    public static bool CanReach(string file, string folder)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) == folder)
        {
            return true;
        }

        var probe = Path.Combine(folder, Guid.CreateVersion7().ToString("N") + ".probe");
        if (Create(file, probe) != HardLinkResult.Created)
        {
            return false;
        }

        File.Delete(probe);
        return true;
    }

    public static void FlushFolder(string folder)
    {
        // Windows makes names durable with the file and cannot open a folder for this.
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open(folder, 0);
        var failed = descriptor < 0 || Fsync(descriptor) != 0;
        var error = Marshal.GetLastPInvokeError();
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (failed)
        {
            throw new IOException($"Forcing the folder '{folder}' to disk failed: {Marshal.GetPInvokeErrorMessage(error)}", error);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string target);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string file, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int descriptor);

    [LibraryImport("kernel32.dll", EntryPoint = "CreateHardLinkW", SetLastError = true, StringMarshalling = StringMarshalling.Utf16)]
    [return: MarshalAs(UnmanagedType.Bool)]
    private static partial bool CreateHardLink(string target, string file, nint security);
}
