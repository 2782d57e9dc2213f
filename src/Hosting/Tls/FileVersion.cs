namespace EContract.Hosting.Tls;

/// <summary>Tells whether files were replaced since they were read.</summary>
internal static class FileVersion
{
    public static string Of(params ReadOnlySpan<string> paths)
    {
        var versions = new string[paths.Length];
        for (var i = 0; i < paths.Length; i++)
        {
            versions[i] = $"{paths[i]}@{File.GetLastWriteTimeUtc(paths[i]).Ticks}";
        }

        return string.Join('|', versions);
    }
}
