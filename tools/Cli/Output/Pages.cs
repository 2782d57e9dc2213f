namespace EContract.Cli.Output;

/// <summary>Reads a paged list up to a limit.</summary>
internal static class Pages
{
    private const int PageSize = 100;

    public static async Task<IReadOnlyList<T>> CollectAsync<T>(
        int limit,
        Func<int, string, Task<(IEnumerable<T> Items, string NextPageToken)>> fetch
    )
    {
        var all = new List<T>();
        var token = "";
        do
        {
            var (items, next) = await fetch(Math.Min(PageSize, limit - all.Count), token);
            all.AddRange(items);
            token = next;
        } while (token.Length > 0 && all.Count < limit);
        return all;
    }
}
