using Microsoft.Extensions.Logging;
using Sluice.Functions;
using Spectre.Console;

namespace Sluice.Cli;

/// <summary>Writes what a run logs to the error stream, above its progress; all else that the app logs is for a server.</summary>
sealed class RunLines : ILoggerProvider
{
    public ILogger CreateLogger(string categoryName) => new Lines(categoryName == typeof(RunLog).FullName);

    public void Dispose()
    {
    }

    sealed class Lines(bool isShown) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => isShown;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (isShown)
            {
                var line = $"{Name(logLevel)} {formatter(state, exception)}";
                if (Console.IsErrorRedirected)
                {
                    // A file has no width that lines are broken at.
                    Console.Error.WriteLine(line);
                }
                else
                {
                    Shell.Errors.WriteLine(line);
                }
            }
        }

        // As the pipeline's option says them.
        static string Name(LogLevel level) => level == LogLevel.Information ? "INFO" : level.ToString().ToUpperInvariant();
    }
}
