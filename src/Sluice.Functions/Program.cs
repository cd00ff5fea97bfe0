using Microsoft.Extensions.Hosting;
using Sluice.Functions;

await SluiceApp.CreateBuilder(args).Build().RunAsync();
