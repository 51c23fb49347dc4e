//! The options of the layer, on a connector or listener that has it.

use super::Http;
use crate::http::Admission;
use crate::layer::Layered;

impl<B> Layered<B, Http> {
    /// See [`Http::with_max_message_size`].
    pub fn with_max_message_size(self, bytes: usize) -> Self {
        self.map_layer(|http| http.with_max_message_size(bytes))
    }

    /// See [`Http::with_subpaths`].
    pub fn with_subpaths(self) -> Self {
        self.map_layer(Http::with_subpaths)
    }

    /// See [`Http::with_health`].
    pub fn with_health(self, path: impl Into<String>) -> Self {
        self.map_layer(|http| http.with_health(path))
    }

    /// See [`Http::with_origins`].
    pub fn with_origins(self, origins: impl IntoIterator<Item = impl AsRef<str>>) -> Self {
        self.map_layer(|http| http.with_origins(origins))
    }

    /// See [`Http::with_any_origin`].
    pub fn with_any_origin(self) -> Self {
        self.map_layer(Http::with_any_origin)
    }

    /// See [`Http::with_keep_alive`].
    pub fn with_keep_alive(self, keep_alive: bool) -> Self {
        self.map_layer(|http| http.with_keep_alive(keep_alive))
    }

    /// See [`Http::with_admission`].
    pub fn with_admission(self, admission: Admission) -> Self {
        self.map_layer(|http| http.with_admission(admission))
    }

    /// See [`Http::with_header`].
    pub fn with_header(self, name: impl AsRef<str>, value: impl AsRef<str>) -> Self {
        self.map_layer(|http| http.with_header(name, value))
    }

    /// See [`Http::with_bearer`].
    pub fn with_bearer(self, token: impl AsRef<str>) -> Self {
        self.map_layer(|http| http.with_bearer(token))
    }

    /// See [`Http::with_basic`].
    pub fn with_basic(self, user: impl AsRef<str>, password: impl AsRef<str>) -> Self {
        self.map_layer(|http| http.with_basic(user, password))
    }
}
