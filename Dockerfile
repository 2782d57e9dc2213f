# One image for every role; which ones a container serves, its configuration says.
FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
WORKDIR /src
COPY . .
RUN dotnet publish src/Server -c Release -o /app/server && dotnet publish tools/Cli -c Release -o /app/cli

FROM mcr.microsoft.com/dotnet/aspnet:10.0
RUN apt-get update \
 && apt-get install -y --no-install-recommends softhsm2 curl fonts-ipafont-gothic fonts-ipafont-mincho \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --home /var/lib/econtract --create-home econtract
COPY --from=build /app /app
COPY demo /app/demo
USER econtract
VOLUME /var/lib/econtract
EXPOSE 7443 7080
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD curl -fsS http://127.0.0.1:7080/readyz || exit 1
ENTRYPOINT ["dotnet", "/app/server/EContract.Server.dll"]
