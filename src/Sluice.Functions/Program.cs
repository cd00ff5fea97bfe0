using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Sluice;
using Sluice.Functions;

try
{
    await SluiceApp.CreateBuilder(args).Build().RunAsync();
    return 0;
}
catch (Exception problem) when (problem is StoreException or OptionsValidationException)
{
    // Settings and a store in use are for whoever starts the app to mend: one line, no stack.
    Console.Error.WriteLine($"error: {problem.Message}");
    return 1;
}
