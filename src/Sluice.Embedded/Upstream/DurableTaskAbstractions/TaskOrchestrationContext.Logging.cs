using Microsoft.Extensions.Logging;

namespace Microsoft.DurableTask;

/// <content>Loggers that stay quiet while history is replayed.</content>
public abstract partial class TaskOrchestrationContext
{
    public virtual ILogger CreateReplaySafeLogger(string categoryName) => new QuietLogger(this, LoggerFactory.CreateLogger(categoryName));
    public virtual ILogger CreateReplaySafeLogger(Type type) => new QuietLogger(this, LoggerFactory.CreateLogger(type));
    public virtual ILogger CreateReplaySafeLogger<T>() => new QuietLogger(this, LoggerFactory.CreateLogger<T>());

    sealed class QuietInReplay(TaskOrchestrationContext context) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) => context.CreateReplaySafeLogger(categoryName);

        public void AddProvider(ILoggerProvider provider)
            => throw new InvalidOperationException("A provider cannot be added to an orchestrator's logger factory; add it to the host's.");

        public void Dispose()
        {
        }
    }

    sealed class QuietLogger(TaskOrchestrationContext context, ILogger logger) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => logger.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => !context.IsReplaying && logger.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                logger.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
