namespace Grpc.Core.Utils;

/// <summary>Reads and writes whole streams.</summary>
public static class AsyncStreamExtensions
{
    /// <summary>Reads the stream to its end and runs the action on each message.</summary>
    public static async Task ForEachAsync<T>(this IAsyncStreamReader<T> streamReader, Func<T, Task> asyncAction)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(asyncAction);
        while (await streamReader.MoveNext().ConfigureAwait(false))
        {
            await asyncAction(streamReader.Current).ConfigureAwait(false);
        }
    }

    /// <summary>Reads the stream to its end.</summary>
    public static async Task<List<T>> ToListAsync<T>(this IAsyncStreamReader<T> streamReader)
        where T : class
    {
        var result = new List<T>();
        while (await streamReader.MoveNext().ConfigureAwait(false))
        {
            result.Add(streamReader.Current);
        }

        return result;
    }

    /// <summary>Writes every element, then (by default) half-closes.</summary>
    public static async Task WriteAllAsync<T>(this IClientStreamWriter<T> streamWriter, IEnumerable<T> elements, bool complete = true)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamWriter);
        ArgumentNullException.ThrowIfNull(elements);
        foreach (var element in elements)
        {
            await streamWriter.WriteAsync(element).ConfigureAwait(false);
        }

        if (complete)
        {
            await streamWriter.CompleteAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Writes every element.</summary>
    public static async Task WriteAllAsync<T>(this IServerStreamWriter<T> streamWriter, IEnumerable<T> elements)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(streamWriter);
        ArgumentNullException.ThrowIfNull(elements);
        foreach (var element in elements)
        {
            await streamWriter.WriteAsync(element).ConfigureAwait(false);
        }
    }
}
