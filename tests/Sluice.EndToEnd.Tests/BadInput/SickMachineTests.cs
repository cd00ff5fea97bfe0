using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.Versioning;

namespace Sluice.EndToEnd.Tests.BadInput;

/// <summary>What the machine refuses: permissions, a full disk, a store that another process holds.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class SickMachineTests : IDisposable
{
    const int SourceFailed = 3;
    const int Failed = 4;
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [AsNobodyFact]
    public async Task A_folder_without_read_permission()
    {
        folder.Write("closed/data.csv", "a\n1\n");
        folder.Write("pipeline.yaml", BadRun.Yaml(input: "closed"));
        File.SetUnixFileMode(folder["closed"], UnixFileMode.None);
        File.SetUnixFileMode(folder.Path, (UnixFileMode)0b111_111_111);
        try
        {
            Assert.Equal(
                $"The input \"closed\" cannot be read: permission denied (Access to the path '{folder["closed"]}' is denied.) "
                + "Give this user read permission for the file and its folders.",
                await BadRun.ErrorAsync(folder, SourceFailed, AsNobodyFactAttribute.Before));
        }
        finally
        {
            File.SetUnixFileMode(folder["closed"], (UnixFileMode)0b111_000_000);
        }
    }

    [SmallDiskFact]
    public async Task A_store_on_a_full_disk()
    {
        using var disk = new SmallDisk(folder["store"]);
        WriteRows(60_000);
        folder.Write("pipeline.yaml", BadRun.Yaml());

        // Whether a batch or a document was the first that did not fit depends on their sizes.
        Assert.Matches(
            $"^The disk is full: the store in folder \"{folder["store/data"]}\" cannot write( a batch)?\\. Nothing was half published\\. "
            + "Free some space there, or choose a store on another disk, and run again\\.$",
            await BadRun.ErrorAsync(folder, Failed));
    }

    [SmallDiskFact]
    public async Task An_output_on_a_full_disk_is_written_by_the_next_run_when_there_is_space()
    {
        using (var disk = new SmallDisk(folder["small"]))
        {
            WriteRows(60_000);
            folder.Write("pipeline.yaml", BadRun.Yaml(output: "small/rows.csv"));

            var full = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--store", "store");

            Assert.Equal(Failed, full.ExitCode);
            Assert.Equal(
                $"error: The disk is full: the output \"small/rows.csv\" cannot be written in \"{folder["small"]}\". No part of it was left. "
                + "Free some space there or change file_path, and run again.",
                full.ErrorLines[^1]);
            Assert.Empty(Directory.GetFileSystemEntries(folder["small"]));
        }

        var again = await SluiceProcess.RunAsync(folder.Path, "run", "pipeline.yaml", "--store", "store", "--json");

        Assert.Equal((0, 60_000L), (again.ExitCode, (long)again.Json["rows"]!));
        Assert.Equal(60_001, File.ReadLines(folder["small/rows.csv"]).Count());
    }

    [Fact]
    public async Task A_store_that_another_process_holds_is_refused_and_can_still_be_looked_at()
    {
        WriteRows(100);
        folder.Write("pipeline.yaml", BadRun.Yaml());
        await using var server = await SluiceServer.StartAsync(folder.Path, "store");
        await server.RegisterAsync("bad", BadRun.Yaml());
        var inUse = $"The durable store '{folder["store/durable"]}' is in use: ";

        Assert.StartsWith(inUse, await BadRun.ErrorAsync(folder, Failed), StringComparison.Ordinal);

        var second = await SluiceProcess.RunAsync(folder.Path, "serve", "--store", "store", "--urls", "http://127.0.0.1:0");
        Assert.Equal(Failed, second.ExitCode);
        Assert.StartsWith("error: " + inUse, Assert.Single(second.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);

        var list = await SluiceProcess.RunAsync(folder.Path, "datasets", "list", "--store", "store", "--json");
        Assert.Equal((0, 0), (list.ExitCode, list.Json.AsArray().Count));
    }

    [Fact]
    public async Task A_port_that_another_process_has_is_one_line()
    {
        await using var server = await SluiceServer.StartAsync(folder.Path, "store");

        var second = await SluiceProcess.RunAsync(folder.Path, "serve", "--store", "other", "--urls", server.Address.ToString());

        Assert.Equal(2, second.ExitCode);
        Assert.StartsWith($"error: Cannot listen on 127.0.0.1:{server.Address.Port}: ", Assert.Single(second.ErrorLines), StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", second.Output, StringComparison.Ordinal);
    }

    void WriteRows(int rows)
    {
        var random = new Random(1);
        folder.Write("data.csv", "a,b,c\n" + string.Concat(Enumerable.Range(0, rows).Select(i => string.Create(CultureInfo.InvariantCulture, $"{i},{random.NextDouble()},{random.NextInt64():x}\n"))));
    }

    /// <summary>A disk of one megabyte.</summary>
    sealed class SmallDisk : IDisposable
    {
        readonly string path;

        public SmallDisk(string path)
        {
            this.path = path;
            Directory.CreateDirectory(path);
            Assert.True(Tool.Succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path));
        }

        public void Dispose() => Tool.Succeeds("umount", "-l", path);
    }

    sealed class SmallDiskFactAttribute : FactAttribute
    {
        static readonly bool canMount = OperatingSystem.IsLinux() && CanMount();

        public SmallDiskFactAttribute() => Skip = canMount ? null : "This user may not mount a small disk (tmpfs); run the tests as root on Linux.";

        static bool CanMount()
        {
            using var folder = new TestFolder();
            return Tool.Succeeds("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder.Path) && Tool.Succeeds("umount", "-l", folder.Path);
        }
    }

    /// <summary>Root passes every permission, so the process runs as nobody; an ordinary user runs it as himself.</summary>
    sealed class AsNobodyFactAttribute : FactAttribute
    {
        static readonly bool canStart = !OperatingSystem.IsWindows() && CanStart();

        public AsNobodyFactAttribute() => Skip = canStart ? null
            : "Permissions do not bind this user, and the program cannot be run as another: Windows, or setpriv is missing, or nobody may not read the build.";

        public static string[] Before => Environment.IsPrivilegedProcess ? ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "env", "HOME=/tmp"] : [];

        static bool CanStart() => !Environment.IsPrivilegedProcess || Tool.Succeeds([.. Before, "test", "-r", typeof(SickMachineTests).Assembly.Location]);
    }

    static class Tool
    {
        public static bool Succeeds(params string[] line)
        {
            try
            {
                using var process = Process.Start(new ProcessStartInfo(line[0], line[1..]) { RedirectStandardError = true })!;
                process.WaitForExit();
                return process.ExitCode == 0;
            }
            catch (Win32Exception)
            {
                // There is no such program here.
                return false;
            }
        }
    }
}
