namespace Sluice.EndToEnd.Tests.Cli;

/// <summary><c>sluice runs approve</c> and <c>refuse</c>: what they say where nothing can be decided. That a decision is taken, the tests of the app have.</summary>
public sealed class RunsTests : IDisposable
{
    readonly TestFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task An_app_that_is_not_there_and_an_address_that_is_none_are_told()
    {
        var (gone, wrong) = (
            await SluiceProcess.RunAsync(folder.Path, "runs", "approve", "t-1", "--budget", "5", "--url", "http://127.0.0.1:1"),
            await SluiceProcess.RunAsync(folder.Path, "runs", "refuse", "t-1", "--url", "app"));

        Assert.Equal((4, 2), (gone.ExitCode, wrong.ExitCode));
        Assert.Contains("The app at http://127.0.0.1:1/ cannot be reached", gone.Errors, StringComparison.Ordinal);
        Assert.Contains("--url is 'app'; expected an address", wrong.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_app_refuses_is_said_in_its_words()
    {
        await using var server = await SluiceServer.StartAsync(folder.Path, "store");

        var result = await SluiceProcess.RunAsync(folder.Path, "runs", "approve", "t-1", "--budget", "5", "--by", "anna", "--url", server.Address.ToString());

        Assert.Equal(4, result.ExitCode);
        Assert.Contains("There is no run 't-1' that asks for a budget.", result.Errors, StringComparison.Ordinal);
    }
}
