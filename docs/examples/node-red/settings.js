// Headless: no editor, no listening port, no telemetry, nothing installed while it runs.
module.exports = {
    httpAdminRoot: false,
    httpNodeRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    credentialSecret: false,
    externalModules: {
        autoInstall: false,
        palette: { allowInstall: false, allowUpload: false },
        modules: { allowInstall: false },
    },
    functionExternalModules: true,
    logging: { console: { level: "info", metrics: false, audit: false } },
};
